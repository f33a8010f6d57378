package io.paritree;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.architecture.ArchitectureContract;
import io.paritree.architecture.SourceTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checks the rooms of this module, and the rules for the sources of all modules. */
class ArchitectureTest extends ArchitectureContract {
  private static final Path ROOT = Path.of(System.getProperty("paritree.root"));

  ArchitectureTest() {
    super("shared-model", "io.paritree");
  }

  @Test
  void noRoomHasMoreClassesThanOneCanKnow() throws IOException {
    assertThat(SourceTree.read(ROOT).largeRooms()).isEmpty();
  }

  @Test
  void noTwoClassesShareASimpleName() throws IOException {
    assertThat(SourceTree.read(ROOT).sharedNames()).isEmpty();
  }

  @Test
  void eachRoomSaysWhatItKnows() throws IOException {
    assertThat(SourceTree.read(ROOT).roomsWithoutDescription()).isEmpty();
  }

  @Test
  void plantedSourcesAreFound(@TempDir Path root) throws IOException {
    for (int index = 0; index <= SourceTree.MAX_CLASSES; index++) {
      plant(root.resolve("one/src/main/java/io/paritree/crowded/Class" + index + ".java"), "");
    }

    plant(
        root.resolve("two/src/main/java/io/paritree/other/Class0.java"),
        "import static io.paritree.one.two.Names.NAME;\nimport io.paritree.three.Outer.Inner;\n");
    plant(root.resolve("two/src/main/java/io/paritree/other/package-info.java"), "");

    SourceTree planted = SourceTree.read(root);

    assertThat(planted.largeRooms()).containsExactly("io.paritree.crowded");
    assertThat(planted.sharedNames()).containsExactly("Class0");
    assertThat(planted.roomsWithoutDescription()).containsExactly("io.paritree.crowded");
    assertThat(planted.importsByRoom().get("io.paritree.other"))
        .containsExactly("io.paritree.one.two", "io.paritree.three");
  }

  private static void plant(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }
}
