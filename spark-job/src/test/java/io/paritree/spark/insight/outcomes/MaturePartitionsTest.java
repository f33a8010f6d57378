package io.paritree.spark.insight.outcomes;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MaturePartitionsTest {
  private static RowGroup group(String... values) {
    return new RowGroup(Arrays.asList(values), "", List.of(), "", null);
  }

  private static MaturePartitions of(RowGroup... groups) throws Exception {
    return MaturePartitions.of(TestQuery.ofOutput("/out"), List.of(groups), -1, Optional.empty());
  }

  @Test
  void aPartitionOfNullHasNoDayAndTakesNoneFromTheOthers() throws Exception {
    RowGroup unknown = group(null, null);
    RowGroup night = group("2026-03-28", "north");

    MaturePartitions all = of(unknown, night);

    assertThat(all.day(night)).contains(LocalDate.of(2026, 3, 28));
    assertThat(all.day(unknown)).isEmpty();
    assertThat(of(night, group("later", "north")).day(night)).isEmpty();
    assertThat(of(unknown).dayLevel()).isNegative();
  }
}
