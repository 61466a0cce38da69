import { worldCases } from './world-cases.ts';

worldCases(
  [
    [1, 4_000, 400],
    [7, 20_000, 1_500],
    [1000, 100_000, 15_000],
    [1_000_000, 100_000, 25_000],
  ],
  false,
);
