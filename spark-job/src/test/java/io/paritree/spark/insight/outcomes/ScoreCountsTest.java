package io.paritree.spark.insight.outcomes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paritree.outcome.OutcomeKind;
import io.paritree.output.PartitionManifest;
import io.paritree.output.TestManifest;
import io.paritree.spark.publish.OutputPlace;
import io.paritree.spark.report.RefusedException;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScoreCountsTest {
  @Test
  void aScoreAboveOneIsNoProbabilityHoweverNear() throws RefusedException {
    StoredLabels stored = new StoredLabels(Map.of());
    RowGroup group = new RowGroup(List.of(), "", List.of(), "", null);
    Map<RowGroup, Long> groups = Map.of(group, 2L);
    OutcomeText text = new OutcomeText(OutcomeKind.BINARY, false, ClassNames.NONE, stored);
    OutcomeQuery query = TestQuery.ofOutput("/out");
    ScoreCounts right =
        new ScoreCounts(groups, List.of(), 16, Map.of(0L, group), stored, 0, 1, 0, true);
    ScoreCounts wrong =
        new ScoreCounts(groups, List.of(), 16, Map.of(0L, group), stored, 0, 1.001, 0, true);

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
