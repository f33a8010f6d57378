package io.paritree.comparison;

import io.paritree.reasons.Reasons;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Says which fields move a row: by how much their contributions to its margin differ. */
record MoverReasons(ComparisonForm form, Reasons champion, Reasons challenger) {
  private static final int MOST_FIELDS = 4;

  /** What a model's fields add to a margin. */
  private record Added(float base, float[] groups) {}

  Mover of(MovedRow row) {
    ComparisonForm.Output output = form.outputs().get(row.output());
    Added before = added(champion, row.champion(), output.champion());
    Added now = added(challenger, row.challenger(), output.challenger());
    Map<String, float[]> byName = new TreeMap<>();
    put(champion, before, Side.CHAMPION, byName);
    put(challenger, now, Side.CHALLENGER, byName);
    List<Mover.Field> fields = new ArrayList<>();
    byName.forEach((name, added) -> fields.add(new Mover.Field(name, added[0], added[1])));
    fields.sort(
        Comparator.comparing(
            (Mover.Field field) -> Math.abs(field.change()), Comparator.reverseOrder()));
    List<Mover.Field> shown = fields.subList(0, Math.min(MOST_FIELDS, fields.size()));
    double rest = fields.stream().skip(shown.size()).mapToDouble(Mover.Field::change).sum();
    return new Mover(row, shown, (double) now.base - before.base, rest, "");
  }

  private static Added added(Reasons reasons, MovedRow.Scored row, int output) {
    float[] contributions = new float[reasons.contributions()];
    reasons.explain(row.slots(), 0, 1, contributions);
    float[] groups = new float[reasons.groups().size()];
    reasons.sum(contributions, 0, output, groups);
    return new Added(reasons.base(contributions, 0, output), groups);
  }

  private static void put(Reasons reasons, Added added, Side side, Map<String, float[]> byName) {
    for (int group = 0; group < added.groups.length; group++) {
      byName
              .computeIfAbsent(reasons.groups().get(group).name(), name -> new float[2])[
              side.ordinal()] =
          added.groups[group];
    }
  }
}
