export { escaped as truth } from '../escape.ts';
