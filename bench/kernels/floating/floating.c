/*
 * Floating point as compiled programs do it: bodies under gravity (additions, products, a root and a quotient), a product of matrices, a
 * polynomial with conversions and comparisons, in double and in single precision. Built with floating-point registers allowed.
 */
typedef unsigned long u64;
typedef unsigned int u32;

#define NOINLINE __attribute__((noinline))
#define BODIES 5
#define SIDE 24

struct body {
  double x, y, z, vx, vy, vz, mass;
};

static struct body bodies[BODIES];
static double left[SIDE][SIDE], right[SIDE][SIDE], product[SIDE][SIDE];
static float samples[512];

static double root(double x) {
  double r;
  __asm__("fsqrt %d0, %d1" : "=w"(r) : "w"(x));
  return r;
}

static NOINLINE void advance(double step) {
  for (int i = 0; i < BODIES; i++) {
    struct body *a = &bodies[i];
    for (int j = i + 1; j < BODIES; j++) {
      struct body *b = &bodies[j];
      double dx = a->x - b->x, dy = a->y - b->y, dz = a->z - b->z;
      double square = dx * dx + dy * dy + dz * dz + 0.01;
      double strength = step / (square * root(square));
      a->vx -= dx * b->mass * strength;
      a->vy -= dy * b->mass * strength;
      a->vz -= dz * b->mass * strength;
      b->vx += dx * a->mass * strength;
      b->vy += dy * a->mass * strength;
      b->vz += dz * a->mass * strength;
    }
  }
  for (int i = 0; i < BODIES; i++) {
    bodies[i].x += step * bodies[i].vx;
    bodies[i].y += step * bodies[i].vy;
    bodies[i].z += step * bodies[i].vz;
  }
}

static NOINLINE void multiply(void) {
  for (int i = 0; i < SIDE; i++) {
    for (int j = 0; j < SIDE; j++) {
      double sum = 0;
      for (int k = 0; k < SIDE; k++) sum += left[i][k] * right[k][j];
      product[i][j] = sum;
    }
  }
}

static NOINLINE int smooth(void) {
  int peaks = 0;
  for (int i = 1; i < 511; i++) {
    float x = samples[i] * 0.5f + (samples[i - 1] + samples[i + 1]) * 0.24f;
    float y = ((0.1f * x + 0.3f) * x - 0.7f) * x + (float)(i & 7);
    if (y > samples[i]) peaks++;
    samples[i] = y > 4.0f ? y * 0.125f : y;
  }
  return peaks;
}

u64 floating(u64 rounds) {
  for (int i = 0; i < BODIES; i++) {
    bodies[i] = (struct body){i * 1.5 - 3, i * i * 0.3, 2 - i * 0.7, 0.1 * i, 0.2, -0.1 * i, 1 + i * 0.25};
  }
  for (int i = 0; i < SIDE; i++) {
    for (int j = 0; j < SIDE; j++) {
      left[i][j] = (i * 7 + j * 3) % 11 * 0.17 + 0.01;
      right[i][j] = (i * 5 + j * 13) % 17 * 0.11 - 0.5;
    }
  }
  for (int i = 0; i < 512; i++) samples[i] = (float)((i * 37) % 101) * 0.03f;
  u64 sum = 0;
  for (u64 r = 0; r < rounds; r++) {
    for (int i = 0; i < 400; i++) advance(0.001);
    for (int i = 0; i < 8; i++) {
      multiply();
      left[i][i] = product[i][i] * 0.001;
    }
    for (int i = 0; i < 40; i++) sum += (u64)smooth();
    sum = sum * 31 + (u64)(long)(bodies[r % BODIES].x * 1e6) + (u64)(long)(product[r % SIDE][3] * 1e6);
  }
  return sum;
}
