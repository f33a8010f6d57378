package io.paritree.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paritree.CorruptModelException;
import io.paritree.store.Location;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** References name versions, aliases move in one step, versions never change. */
class ModelStoreTest {
  private static final String NAME = TestPackages.BINARY;

  @TempDir Path directory;

  private Path root;
  private TestPackages packages;
  private ModelStore store;

  @BeforeEach
  void seal() throws Exception {
    root = directory.resolve("store");
    packages = new TestPackages(root);
    packages.binary(1, 2);
    packages.binary(10, 3);
    packages.binary(2, 4);
    store = new ModelStore(Location.of(root));
  }

  @Test
  void versionsAreWholeNumbersInTheirOrder() throws Exception {
    Files.createDirectory(root.resolve(NAME).resolve("03"));
    Files.createDirectory(root.resolve(NAME).resolve("latest"));

    assertThat(store.versions(NAME)).containsExactly(1L, 2L, 10L);
    assertThat(store.nextVersion(NAME)).isEqualTo(11);
    assertThat(store.nextVersion("nothing-yet")).isEqualTo(1);
    assertThat(store.names()).containsExactly(NAME);
  }

  @Test
  void aReferenceNamesAVersionAnAliasOrTheChampion() throws Exception {
    store.setAlias(NAME, "canary", 10);

    assertThat(version(root + "/" + NAME)).isEqualTo(NAME + "/2");
    assertThat(version(root + "/" + NAME + "@champion")).isEqualTo(NAME + "/2");
    assertThat(version(root + "/" + NAME + "@canary")).isEqualTo(NAME + "/10");
    assertThat(version(root + "/" + NAME + "/1")).isEqualTo(NAME + "/1");
    assertThat(version(root + "/" + NAME + "/1/")).isEqualTo(NAME + "/1");
  }

  @Test
  void anAliasIsResolvedOnceAndItsOriginSaysWhere() throws Exception {
    ModelFiles files = ModelFiles.read(root + "/" + NAME + "@champion");
    store.setAlias(NAME, "champion", 1);

    assertThat(files.origin()).isEqualTo(root + "/" + NAME + "/2");
    assertThat(ScoringModel.open(files, EngineKind.FOREST).modelVersion()).isEqualTo(NAME + "/2");
  }

  @Test
  void anExistingPathWinsOverAnAlias() throws Exception {
    Path strange = root.resolve(NAME + "@champion");
    Files.move(root.resolve(NAME).resolve("1"), strange);

    assertThat(version(strange.toString())).isEqualTo(NAME + "/1");
  }

  @Test
  void whatIsNotThereIsRefusedWithWhatIs() {
    assertRefused(root + "/" + NAME + "@next", "no such alias", "[champion]", "[1, 2, 10]");
    assertRefused(root + "/" + NAME + "@3", "not only digits", NAME + "/3");
    assertRefused(root + "/" + NAME + "/7", "there is no file or directory");
    assertRefused(root + "/nobody@champion", "nobody@champion", "no model directory");
    assertRefused(root.toString(), "no paritree.sha256", "no MLmodel", "no version");
    assertRefused("", "expected a path");
  }

  @Test
  void anAliasMustHoldAVersionThatIsThere() throws Exception {
    Path alias = root.resolve(NAME).resolve("aliases").resolve("champion");
    Files.writeString(alias, "7\n");
    assertRefused(root + "/" + NAME, "names version 7", "no sealed package");

    for (String content : new String[] {"", "2", "two\n", "-1\n", "2\n2\n", "../1\n"}) {
      Files.writeString(alias, content);
      assertRefused(root + "/" + NAME, "expected a version and a line feed");
    }
  }

  @Test
  void aPackageInAnotherVersionsPlaceIsRefusedUnderAnAlias() throws Exception {
    Files.move(root.resolve(NAME).resolve("2"), root.resolve("elsewhere"));
    Files.move(root.resolve(NAME).resolve("1"), root.resolve(NAME).resolve("2"));

    assertThatThrownBy(() -> version(root + "/" + NAME))
        .isInstanceOf(CorruptModelException.class)
        .hasMessageContaining("it says that it is parcel-late/1")
        .hasMessageContaining("parcel-late/2");
  }

  @Test
  void aVersionIsNeverReplacedAndNothingElseIsLeftBehind() throws Exception {
    Map<String, byte[]> before = SealedPackageTest.filesOf(root.resolve(NAME).resolve("1"));

    assertThatThrownBy(
            () -> ModelStore.write(store.version(NAME, 1), Map.of(Digests.FILE, new byte[1])))
        .isInstanceOf(FileAlreadyExistsException.class);

    assertThat(SealedPackageTest.filesOf(root.resolve(NAME).resolve("1")))
        .containsExactlyEntriesOf(before);
    try (Stream<Path> left = Files.list(root.resolve(NAME))) {
      assertThat(left.map(path -> path.getFileName().toString()))
          .containsExactlyInAnyOrder("1", "2", "10", "aliases");
    }
  }

  @Test
  void anAliasCannotNameWhatIsNotThere() {
    assertThatThrownBy(() -> store.setAlias(NAME, "champion", 5))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no version 5");
    assertThatThrownBy(() -> store.setAlias(NAME, "../champion", 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> store.setAlias(NAME, "12", 1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static String version(String reference) throws Exception {
    return ScoringModel.open(reference, EngineKind.FOREST).modelVersion();
  }

  private static void assertRefused(String reference, String... parts) {
    assertThatThrownBy(() -> ModelFiles.read(reference), reference)
        .satisfies(
            thrown -> {
              if (thrown instanceof CorruptModelException) {
                assertThat(thrown.getMessage()).contains(parts);
              } else {
                throw new AssertionError("Unexpected failure of " + reference, thrown);
              }
            });
  }
}
