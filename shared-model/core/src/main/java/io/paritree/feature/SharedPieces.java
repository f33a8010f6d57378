package io.paritree.feature;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Gives the tables of one column that read its values alike the same pieces. */
final class SharedPieces {
  /** More slots than these are not worth the memory. */
  private static final long MAX_SLOTS = 1L << 22;

  /** What tables with the same pieces have in common. */
  private record Alike(String column, Object form) {}

  private SharedPieces() {}

  /** Returns the same features in the same order. */
  static List<Feature> of(List<Feature> features) {
    Map<Alike, List<TableFeature>> alike = new LinkedHashMap<>();
    for (Feature feature : features) {
      if (feature instanceof TableFeature table) {
        alike
            .computeIfAbsent(new Alike(table.column(), table.form()), any -> new ArrayList<>())
            .add(table);
      }
    }

    if (alike.isEmpty()) {
      return List.copyOf(features);
    }

    Map<Alike, Pieces> shared = new LinkedHashMap<>();
    alike.forEach((key, tables) -> shared.put(key, all(tables)));
    List<Feature> sharing = new ArrayList<>();
    for (Feature feature : features) {
      if (feature instanceof TableFeature table) {
        Alike key = new Alike(table.column(), table.form());
        boolean isSmall = (long) shared.get(key).size() * alike.get(key).size() <= MAX_SLOTS;
        sharing.add(isSmall ? table.sharing(shared.get(key)) : table);
      } else {
        sharing.add(feature);
      }
    }

    return List.copyOf(sharing);
  }

  private static Pieces all(List<TableFeature> tables) {
    List<Pieces> pieces = tables.stream().map(TableFeature::pieces).toList();
    return pieces.get(0) instanceof Cuts
        ? Cuts.all(pieces.stream().map(Cuts.class::cast).toList())
        : KnownValues.all(pieces.stream().map(KnownValues.class::cast).toList());
  }
}
