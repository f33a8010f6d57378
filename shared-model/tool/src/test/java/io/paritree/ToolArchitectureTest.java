package io.paritree;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.architecture.ArchitectureContract;
import org.junit.jupiter.api.Test;

/** Checks the rooms of the model command. */
class ToolArchitectureTest extends ArchitectureContract {
  ToolArchitectureTest() {
    super("shared-model/tool", "io.paritree");
  }

  /** Held here as well, because the other rules follow the map. */
  @Test
  void mapKeepsTheLibraryOfThisModuleApart() {
    assertThat(roomsUsing("picocli..")).containsExactly("io.paritree.model.command");
  }
}
