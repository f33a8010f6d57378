package io.paritree;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.architecture.ArchitectureContract;
import org.junit.jupiter.api.Test;

/** Checks the rooms of what the job and the server share on disk. */
class InsightArchitectureTest extends ArchitectureContract {
  InsightArchitectureTest() {
    super("shared-model/insight", "io.paritree");
  }

  /** Held here as well, because the other rules follow the map. */
  @Test
  void mapKeepsTheLibraryOfThisModuleApart() {
    assertThat(roomsUsing("com.typesafe.config..")).containsExactly("io.paritree.config");
  }
}
