import { hiddenTask } from '../hidden-task.ts';

export const truth = hiddenTask(20_000);
