package io.paritree.forest;

/**
 * Says whether a forest has wide slices, in a JVM of its own, which lacks the module of vectors.
 */
public final class WithoutVectors {
  private WithoutVectors() {}

  public static void main(String[] args) {
    RandomForests random = new RandomForests(Long.parseLong(args[0]));
    Engine engine = FastForest.of(random.forest(new RandomForests.Shape()));
    System.out.println("fast: " + (engine instanceof FastForest));
    System.out.println("wide: " + FastWays.wide(engine).isPresent());
  }
}
