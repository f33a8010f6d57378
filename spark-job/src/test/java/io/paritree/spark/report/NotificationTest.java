package io.paritree.spark.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NotificationTest {
  private static RunQuality.Fired fired(String path, String... suspects) {
    return new RunQuality.Fired(path, List.of(), List.of(suspects));
  }

  @Test
  void whatIsWrongWithOnePartitionIsNotHiddenBehindAllFieldsOfAnother() {
    assertThat(
            Notification.suspects(
                List.of(
                    fired("day=1", "origin", "date", "distance", "carrier", "seats"),
                    fired("day=2", "rows", "date", "fare"))))
        .containsExactly("origin", "rows", "date", "distance", "fare");
    assertThat(Notification.suspects(List.of())).isEmpty();
  }
}
