/** Where a soak begins: a new place each time, printed, or the one that `SOAK_SEED` asks for. */
export function soakSeed(what: string): number {
  const asked = process.env.SOAK_SEED;
  const seed = asked === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(asked);
  if (!Number.isSafeInteger(seed)) throw new Error(`SOAK_SEED must be a whole number, not "${asked}"`);
  console.log(`${what}: seed ${seed} (again with SOAK_SEED=${seed})`);
  return seed;
}
