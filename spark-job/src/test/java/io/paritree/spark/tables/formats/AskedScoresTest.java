package io.paritree.spark.tables.formats;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.store.CallsAtOnce;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is asked for of published scores. */
class AskedScoresTest {
  @TempDir Path directory;

  private AskedScores asked(String from, String to) {
    return new AskedScores(
        "",
        directory.toString(),
        AskedFormat.AUTO,
        List.of("id"),
        Optional.of(from).filter(day -> !day.isEmpty()).map(LocalDate::parse),
        Optional.of(to).filter(day -> !day.isEmpty()).map(LocalDate::parse),
        new CallsAtOnce(7));
  }

  @Test
  void theStoreGetsAsManyCallsAtOnceAsIsAskedForInAllPartsTogether() throws Exception {
    AskedScores asked = asked("", "");

    assertThat(asked.place(directory.toString(), Map.of()).calls().most()).isEqualTo(7);
    assertThat(asked.in("other").calls().most()).isEqualTo(7);
    assertThat(asked.ofEach(3).calls().most()).isEqualTo(2);
  }

  @Test
  void thePartitionOfADayIsTheLastOfItsValuesThatIsOne() {
    AskedScores both = asked("2026-11-24", "2026-11-25");

    assertThat(both.isOf(List.of("2026-11-24"))).isTrue();
    assertThat(both.isOf(List.of("20261125", "north"))).isTrue();
    assertThat(both.isOf(List.of("2026-11-24", "2026-11-26"))).isFalse();
    assertThat(both.isOf(List.of("2026-11-23"))).isFalse();
    assertThat(both.isOf(Arrays.asList("north", null))).isFalse();
    assertThat(asked("2026-11-24", "").isOf(List.of("2026-12-31"))).isTrue();
    assertThat(asked("", "2026-11-24").isOf(List.of("2026-11-25"))).isFalse();
    assertThat(asked("", "").isOf(List.of("north"))).isTrue();
  }
}
