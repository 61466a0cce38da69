import { worldCases } from '../differential/world-cases.ts';

worldCases(
  [
    [1, 50_000, 400],
    [7, 300_000, 1_500],
    [1000, 900_000, 6_000],
    [1_000_000, 900_000, 12_000],
  ],
  true,
);
