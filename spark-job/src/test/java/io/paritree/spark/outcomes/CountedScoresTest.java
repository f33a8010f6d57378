package io.paritree.spark.outcomes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paritree.outcome.OutcomeKind;
import io.paritree.output.PartitionManifest;
import io.paritree.output.TestManifest;
import io.paritree.spark.ending.RefusedException;
import io.paritree.spark.publish.OutputPlace;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.unsafe.types.UTF8String;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CountedScoresTest {
  /** A value of a column, a score, a label. */
  private static final StructType SCHEMA =
      new StructType()
          .add("value", DataTypes.StringType)
          .add("score", DataTypes.DoubleType)
          .add("label", DataTypes.StringType);

  /** Counts rows of no partition, version and day. */
  private static CountedScores.OfTask counted(int rows, IntFunction<InternalRow> row) {
    return CountedScores.of(
        ColumnBatches.batches(IntStream.range(0, rows).mapToObj(row).iterator(), SCHEMA),
        new GroupReader(new int[] {-1, 0, -1, 2}, 0, 1),
        1);
  }

  private static InternalRow row(String value, Object score) {
    return new GenericInternalRow(
        new Object[] {UTF8String.fromString(value), score, UTF8String.fromString("late")});
  }

  @Test
  void aTaskEndsAfterTheFirstValueThatIsTooMany() {
    int[] read = {0};

    CountedScores.OfTask counted = counted(1_000_000, at -> row("v" + read[0]++ / 2, 0.5));

    assertThat(counted.areAll()).isFalse();
    assertThat(counted.counted()).hasSizeGreaterThan(ScoreCounts.MOST_SEGMENTS);
    assertThat(read[0]).isLessThan(10 * ScoreCounts.MOST_SEGMENTS);
  }

  @Test
  void rowsWithoutAScoreAreCountedByThemselves() {
    CountedScores.OfTask counted = counted(10, at -> row("v", at % 5 == 0 ? null : (Object) 0.5));

    assertThat(counted.areAll()).isTrue();
    assertThat(counted.counted().get(0).group())
        .isEqualTo(new RowGroup(List.of(), "", List.of("v"), "", "late"));
    assertThat(counted.counted().get(0).absent()).isEqualTo(2);
    assertThat(counted.counted().get(0).bins().total()).isEqualTo(8);
  }

  @Test
  void aScoreAboveOneIsNoProbabilityHoweverNear() throws RefusedException {
    StoredLabels stored = new StoredLabels(Map.of());
    RowGroup group = new RowGroup(List.of(), "", List.of(), "", null);
    ScoreBins two = new ScoreBins();
    two.add(ScoreBins.bin(1), 2);
    Map<RowGroup, ScoreBins> groups = Map.of(group, two);
    OutcomeText text = new OutcomeText(OutcomeKind.BINARY, false, ClassNames.NONE, stored, false);
    OutcomeQuery query = TestQuery.ofOutput("/out");
    ScoreCounts right = new ScoreCounts(groups, stored, 0, 1, 0, true);
    ScoreCounts wrong = new ScoreCounts(groups, stored, 0, 1.001, 0, true);

    right.check(query, text);
    assertThatThrownBy(() -> wrong.check(query, text))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("its scores are no probabilities");
  }

  @Test
  void keysInQuarantineAreNotKnownOnceItWasRemoved(@TempDir Path directory) throws IOException {
    Location output = Location.of(directory.resolve("out"));
    OutputPlace place = new OutputPlace(FileStore.of(output), output);
    OutcomeQuery query = TestQuery.ofOutput(output.toString());
    KnownPartitions none = KnownPartitions.of(List.of(manifest(0)));
    KnownPartitions some = KnownPartitions.of(List.of(manifest(5)));

    assertThat(QuarantinedKeys.of(null, query, place, none).withLabel(null, query)).hasValue(0);
    assertThat(QuarantinedKeys.of(null, query, place, some).withLabel(null, query)).isEmpty();
  }

  private static PartitionManifest manifest(long quarantined) {
    return TestManifest.ofRun(
        1, "day=2026-01-01", "run-1", quarantined, List.of(), List.of(), List.of());
  }
}
