import { imageCases } from '../differential/image-cases.ts';

imageCases(
  [
    [1, 40_000],
    [7, 200_000],
    [1000, 1_000_000],
  ],
  [
    [1, 20_000],
    [7, 100_000],
    [1000, 2_000_000],
    [1_000_000, 4_000_000],
  ],
);
