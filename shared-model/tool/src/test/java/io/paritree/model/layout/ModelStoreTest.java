package io.paritree.model.layout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paritree.CorruptModelException;
import io.paritree.model.EngineKind;
import io.paritree.model.ModelFiles;
import io.paritree.model.Opening;
import io.paritree.model.SealedPackageTest;
import io.paritree.model.TestPackages;
import io.paritree.store.FileEntry;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** References name versions, aliases move in one step, versions never change. */
class ModelStoreTest {
  private static final String NAME = TestPackages.BINARY;

  @TempDir Path packages;
  @TempDir Path directory;

  private Location root;
  private ModelStore store;

  @BeforeEach
  void seal() throws Exception {
    root = Location.of(directory.resolve("store"));
    store = new ModelStore(root);
    TestPackages sealed = new TestPackages(packages);
    int rounds = 2;
    for (long version : new long[] {1, 10, 2}) {
      Path written = sealed.binary(version, rounds++);
      ModelStore.write(store.version(NAME, version), SealedPackageTest.filesOf(written));
    }

    store.setAlias(NAME, "champion", 2);
  }

  @Test
  void versionsAreWholeNumbersInTheirOrder() throws Exception {
    FileStore files = FileStore.of(root);
    files.createDirectories(root.resolve(NAME).resolve("03"));
    files.createDirectories(root.resolve(NAME).resolve("latest"));
    Location killed =
        root.resolve(NAME).resolve("aliases").resolve(".%s.tmp".formatted(new UUID(7, 9)));
    files.create(killed, new byte[] {'2', '\n'}); // what a process has not renamed

    assertThat(store.versions(NAME)).containsExactly(1L, 2L, 10L);
    assertThat(store.nextVersion(NAME)).isEqualTo(11);
    assertThat(store.nextVersion("nothing-yet")).isEqualTo(1);
    assertThat(store.names()).containsExactly(NAME);
    assertThat(store.aliases(NAME)).containsExactly("champion");
    assertThat(store.alias(NAME, "champion")).isEqualTo(2);
  }

  @Test
  void aReferenceNamesAVersionAnAliasOrTheChampion() throws Exception {
    store.setAlias(NAME, "canary", 10);

    assertThat(version(root + "/" + NAME)).isEqualTo(NAME + "/2");
    assertThat(version(root + "/" + NAME + "@champion")).isEqualTo(NAME + "/2");
    assertThat(version(root + "/" + NAME + "@canary")).isEqualTo(NAME + "/10");
    assertThat(version(root + "/" + NAME + "/1")).isEqualTo(NAME + "/1");
    assertThat(version(root + "/" + NAME + "/1/")).isEqualTo(NAME + "/1");

    store.move(store.history(NAME, "canary", 1), Optional.empty(), AliasMove.REMOVE);
    assertRefused(root + "/" + NAME + "@canary", "no such alias");
  }

  @Test
  void aPackageInAnotherVersionsPlaceIsRefused() throws Exception {
    Map<String, byte[]> first =
        SealedPackageTest.filesOf(store.version(NAME, 1).toPath().toAbsolutePath());
    ModelStore.write(store.version(NAME, 3), first);
    ModelStore.write(root.resolve("copies").resolve("3"), first);

    assertThatThrownBy(() -> version(root + "/" + NAME + "/3"))
        .isInstanceOf(CorruptModelException.class)
        .hasMessageContaining(
            "it says that it is " + NAME + "/1, but is stored where " + NAME + "/3");
    assertThat(version(root + "/copies/3")).as("not a place in a store").isEqualTo(NAME + "/1");
  }

  @Test
  void anAliasIsResolvedOnceAndItsOriginSaysWhere() throws Exception {
    ModelFiles files = ModelFiles.read(root + "/" + NAME + "@champion");
    store.setAlias(NAME, "champion", 1);

    assertThat(files.origin()).isEqualTo(root + "/" + NAME + "/2");
    assertThat(Opening.open(files, EngineKind.FOREST).modelVersion()).isEqualTo(NAME + "/2");
    assertThat(version(root + "/" + NAME)).isEqualTo(NAME + "/1");
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
    Location alias = root.resolve(NAME).resolve("aliases").resolve("champion");
    FileStore files = FileStore.of(root);
    files.replace(alias, "7\n".getBytes(StandardCharsets.UTF_8));
    assertRefused(root + "/" + NAME, "names version 7", "not a sealed package");

    for (String content : new String[] {"", "2", "two\n", "-1\n", "2\n2\n", "../1\n"}) {
      files.replace(alias, content.getBytes(StandardCharsets.UTF_8));
      assertRefused(root + "/" + NAME, "expected a version and a line feed");
    }
  }

  /** Otherwise who moves the one alias moves the other, whatever guards it. */
  @Test
  void anAliasThatIsALinkToAnotherNamesNothing() throws Exception {
    store.setAlias(NAME, "next", 1);
    Path aliases = root.resolve(NAME).resolve("aliases").toPath();
    Files.delete(aliases.resolve("champion"));
    Files.createSymbolicLink(aliases.resolve("champion"), Path.of("next"));

    assertRefused(root + "/" + NAME + "@champion", "champion", "it is a link");
    assertThat(store.history(NAME, "champion", 1).version()).isEmpty();

    Path elsewhere = directory.resolve("elsewhere");
    Files.move(aliases, elsewhere);
    Files.delete(elsewhere.resolve("champion"));
    Files.createSymbolicLink(aliases, elsewhere);
    assertRefused(root + "/" + NAME + "@next", "aliases", "it is a link");
    assertThatThrownBy(() -> store.setAlias(NAME, "next", 10))
        .isInstanceOf(CorruptModelException.class)
        .hasMessageContaining("it is a link");
    assertThat(elsewhere.resolve("next")).hasContent("1");
  }

  /** Kubernetes mounts a volume's files by links into a dated directory of it. */
  @Test
  void anAliasInAVolumeOfKubernetesNamesItsVersion() throws Exception {
    Path model = root.resolve(NAME).toPath();
    Path dated = Files.createDirectory(model.resolve("..2026_12_02_10_00_00.1"));
    Files.move(model.resolve("aliases"), dated.resolve("aliases"));
    Files.createSymbolicLink(model.resolve("..data"), dated.getFileName());
    Files.createSymbolicLink(model.resolve("aliases"), Path.of("..data/aliases"));

    assertThat(store.alias(NAME, "champion"))
        .isEqualTo(Long.parseLong(Files.readString(dated.resolve("aliases/champion")).strip()));
  }

  @Test
  void aJournalThatIsALinkToAnotherTakesNoAliasBack() throws Exception {
    store.setAlias(NAME, "next", 1);
    store.setAlias(NAME, "next", 10);
    Path moves = root.resolve(NAME).resolve("moves").toPath();
    Files.move(moves.resolve("champion"), moves.resolve("was"));
    Files.createSymbolicLink(moves.resolve("champion"), Path.of("next"));

    assertThatThrownBy(() -> store.history(NAME, "champion", 1))
        .hasMessageContaining("it is a link");

    Files.delete(moves.resolve("champion"));
    Files.createDirectory(moves.resolve("champion"));
    Files.createSymbolicLink(moves.resolve("champion/1.json"), Path.of("../next/1.json"));
    assertThat(store.history(NAME, "champion", 1).unreadable())
        .singleElement()
        .satisfies(e -> assertThat(e).hasMessageContaining("it is a link"));
  }

  /**
   * They are one file where names have no case, so that the guard of one is passed by the other.
   */
  @Test
  void anAliasThatDiffersFromAnotherInCaseOnlyDoesNotMove() throws Exception {
    assertThatThrownBy(() -> store.setAlias(NAME, "Champion", 1))
        .isInstanceOf(GuardedAliasException.class)
        .hasMessageContaining("there is %s@champion, which is the same file".formatted(NAME));
    FileStore.of(root)
        .create(
            root.resolve(NAME).resolve(GuardedAliases.FILE),
            "{\"aliases\": {\"Night\": {\"require\": [\"data.rows >= 1\"]}}}"
                .getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(() -> store.setAlias(NAME, "night", 1))
        .isInstanceOf(GuardedAliasException.class);

    assertThat(store.aliases(NAME)).containsExactly("champion");
    store.setAlias(NAME, "champion", 1);
    assertThat(store.alias(NAME, "champion")).isEqualTo(1);
  }

  @Test
  void aVersionIsNeverReplacedAndNothingElseIsLeft() throws Exception {
    Location first = store.version(NAME, 1);
    String before = Opening.open(first.toString(), EngineKind.FOREST).digest();

    assertThatThrownBy(() -> ModelStore.write(first, Map.of(PackageFiles.DIGESTS, new byte[1])))
        .isInstanceOf(FileAlreadyExistsException.class);

    assertThat(Opening.open(first.toString(), EngineKind.FOREST).digest()).isEqualTo(before);
    assertThat(FileStore.of(root).list(root.resolve(NAME)))
        .extracting(entry -> entry.location().name())
        .containsExactlyInAnyOrder("1", "2", "10", "aliases", "moves");
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

  @Test
  void aPackageInAnotherVersionsPlaceIsRefusedUnderAnAlias() throws Exception {
    FileStore files = FileStore.of(root);
    files.rename(store.version(NAME, 2), root.resolve("elsewhere"));
    files.rename(store.version(NAME, 1), store.version(NAME, 2));

    assertThatThrownBy(() -> version(root + "/" + NAME))
        .isInstanceOf(CorruptModelException.class)
        .hasMessageContaining("it says that it is parcel-late/1")
        .hasMessageContaining("parcel-late/2");
  }

  @Test
  void anExistingPathWinsOverAnAlias() throws Exception {
    Location strange = root.resolve(NAME + "@champion");
    FileStore.of(root).rename(store.version(NAME, 1), strange);

    assertThat(version(strange.toString())).isEqualTo(NAME + "/1");
  }

  @Test
  void aBareModelFileIsReadFromTheStoresFileSystem() throws Exception {
    Location bare = root.resolve("bare.model");
    FileStore.of(root).create(bare, TestPackages.wideModel(3, 2, 2));

    Optional<FileEntry> entry = FileStore.of(root).find(bare);
    assertThat(entry).isPresent();
    assertThat(version(bare.toString())).startsWith("unsealed:");
  }

  private static String version(String reference) throws Exception {
    return Opening.open(reference, EngineKind.FOREST).modelVersion();
  }

  private static void assertRefused(String reference, String... parts) {
    assertThatThrownBy(() -> ModelFiles.read(reference), reference)
        .isInstanceOf(CorruptModelException.class)
        .satisfies(thrown -> assertThat(thrown.getMessage()).contains(parts));
  }
}
