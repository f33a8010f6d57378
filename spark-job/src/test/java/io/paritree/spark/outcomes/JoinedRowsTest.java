package io.paritree.spark.outcomes;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.outcome.OutcomeKind;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class JoinedRowsTest {
  private static final int ROWS = 20_000;
  private static final List<RowGroup> GROUPS =
      List.of(
          new RowGroup(List.of("b"), "m/1", List.of(), "", "late"),
          new RowGroup(List.of("a"), "m/1", List.of(), "", null));

  /** A row of {@link JoinedBlock}, in the order of its members. */
  private record Joined(
      double score, double outcome, double weight, int isLeak, RowGroup group, long part)
      implements Comparable<Joined> {
    @Override
    public int compareTo(Joined other) {
      int order = Double.compare(score, other.score);
      order = order != 0 ? order : Double.compare(rank(outcome), rank(other.outcome));
      order = order != 0 ? order : Double.compare(weight, other.weight);
      order = order != 0 ? order : Integer.compare(isLeak, other.isLeak);
      order = order != 0 ? order : group.compareTo(other.group);
      return order != 0 ? order : Long.compare(part, other.part);
    }

    /** Rows without an outcome come first. */
    private static double rank(double outcome) {
      return Double.isNaN(outcome) ? Double.NEGATIVE_INFINITY : outcome;
    }
  }

  /** Returns rows, of which some are alike and many have scores that are equal as floats. */
  private static List<Joined> rows(Random random) {
    List<Joined> rows = new ArrayList<>();
    for (int row = 0; row < ROWS; row++) {
      double near = (1 + random.nextInt(3_000)) / 3_000.0 * (random.nextInt(10) == 0 ? -1 : 1);
      rows.add(
          new Joined(
              random.nextBoolean() ? near : (float) near,
              random.nextInt(4) == 0 ? Double.NaN : random.nextInt(2),
              1 + random.nextInt(2) / 3.0,
              random.nextInt(2),
              GROUPS.get(random.nextInt(2)),
              random.nextInt(2)));
    }

    return rows;
  }

  private static JoinedRows collected(OutcomeKind kind, List<Joined> rows) {
    JoinedRows collected = new JoinedRows(kind);
    for (Joined row : rows) {
      collected.add(
          collected.place(row.group),
          row.score,
          row.part,
          row.outcome,
          row.weight,
          row.isLeak,
          1,
          ScoreBins.bin(row.score));
    }

    return collected;
  }

  /** Returns the rows of a block with how often each is there. */
  private static List<String> texts(JoinedBlock block) {
    List<String> texts = new ArrayList<>();
    for (int row = 0; row < block.size(); row++) {
      Joined own =
          new Joined(
              block.score()[row],
              block.outcome()[row],
              block.weight()[row],
              block.isLeak()[row],
              block.groups().get(block.group()[row]),
              block.part()[row]);
      texts.add("%s %s %s".formatted(own, block.rows()[row], block.bin()[row]));
    }

    return texts;
  }

  private static JoinedBlock again(JoinedBlock block) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(block);
    }

    assertThat(bytes.size()).isLessThan(25 * block.size() + 4_000);
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      return (JoinedBlock) in.readObject();
    }
  }

  @Test
  void rowsAreInOneOrderHoweverTheyComeAndThoseThatAreAlikeAreOne() throws Exception {
    long seed = Long.getLong("seed", System.nanoTime());
    Random random = new Random(seed);
    List<Joined> rows = rows(random);
    TreeMap<Joined, Integer> expected = new TreeMap<>();
    rows.forEach(row -> expected.merge(row, 1, Integer::sum));
    List<String> texts = new ArrayList<>();
    expected.forEach(
        (row, count) -> texts.add("%s %s %s".formatted(row, count, ScoreBins.bin(row.score))));

    JoinedBlock once = collected(OutcomeKind.BINARY, rows).sorted();
    Collections.shuffle(rows, random);
    JoinedRows parts = new JoinedRows(OutcomeKind.BINARY);
    for (List<Joined> some : List.of(rows.subList(0, 7_000), rows.subList(7_000, ROWS))) {
      parts.add(again(collected(OutcomeKind.BINARY, some).sorted()));
    }

    JoinedBlock all = parts.sorted();
    assertThat(String.join("\n", texts(once)))
        .as("seed %s", seed)
        .isEqualTo(String.join("\n", texts));
    assertThat(texts(all)).as("seed %s", seed).isEqualTo(texts);
    assertThat(all.parts(1_000).stream().flatMap(own -> texts(own).stream()).toList())
        .isEqualTo(texts);
  }

  @Test
  void theRowsOfAListAreTogetherInTheOrderOfTheirScores() {
    List<Joined> rows = rows(new Random(7));

    JoinedBlock sorted = collected(OutcomeKind.RANKING, rows).sorted();

    assertThat(sorted.part()).isSorted().contains(0, 1);
    for (int row = 1; row < sorted.size(); row++) {
      if (sorted.part()[row] == sorted.part()[row - 1]) {
        assertThat(sorted.score()[row]).isGreaterThanOrEqualTo(sorted.score()[row - 1]);
      }
    }
  }
}
