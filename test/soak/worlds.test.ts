import { worldCases } from '../differential/world-cases.ts';

worldCases(
  [
    [1, 50_000, 400],
    [7, 150_000, 1_500],
    [1000, 700_000, 15_000],
    [1_000_000, 500_000, 25_000],
  ],
  true,
);
