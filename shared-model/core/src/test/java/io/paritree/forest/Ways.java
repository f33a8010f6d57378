package io.paritree.forest;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * The ways of the fast engine to score, each forced for all rows.
 *
 * <p>{@code -Dparitree.way=NAME} leaves one of them, for tests and for {@code scripts/bench
 * engine}.
 */
public final class Ways {
  private static final String ONLY = System.getProperty("paritree.way", "");

  private Ways() {}

  /**
   * Returns every way that can take a forest, by its name: {@code chosen} is what the engine
   * chooses; {@code walks}, {@code block-walks}, {@code slices} and {@code wide-slices} are forced.
   */
  public static Map<String, Engine> of(Forest forest) {
    Map<String, Engine> ways = new LinkedHashMap<>();
    ways.put("chosen", forest.fast());
    if (forest.linear == null) {
      Columns.of(forest).ifPresent(columns -> force(forest, columns, ways));
    }

    if (!ONLY.isEmpty()) {
      ways.keySet().retainAll(Set.of(ONLY));
    }

    return ways;
  }

  private static void force(Forest forest, Columns columns, Map<String, Engine> ways) {
    Rows asSpecified = new SpecificationRows(forest);
    KeyWalks.of(forest, columns)
        .ifPresent(walks -> ways.put("walks", new FastForest(forest, walks, null, null, 0, null)));
    BlockWalks.of(forest, columns)
        .ifPresent(
            walks ->
                ways.put("block-walks", new FastForest(forest, asSpecified, null, null, 0, walks)));
    SplitTests.of(forest, columns)
        .flatMap(tests -> SlicesBuilder.build(forest, tests))
        .ifPresent(layout -> force(forest, layout, ways));
  }

  private static void force(Forest forest, SlicesBuilder layout, Map<String, Engine> ways) {
    Rows asSpecified = new SpecificationRows(forest);
    Slices slices = new Slices(layout);
    ways.put("slices", new FastForest(forest, asSpecified, slices, null, 2, null));
    WideSlicesBuilder.build(layout)
        .ifPresent(
            built -> {
              WideGate wide = new WideGate(slices, layout, 0);
              wide.open(built);
              ways.put("wide-slices", new FastForest(forest, asSpecified, slices, wide, 2, null));
            });
  }
}
