import { hiddenTask } from '../hidden-task.ts';

/** Sampled closely: what the attack changes stands for some thousand instructions. */
export const truth = hiddenTask(500);
