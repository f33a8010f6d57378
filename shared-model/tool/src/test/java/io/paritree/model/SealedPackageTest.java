package io.paritree.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paritree.CorruptModelException;
import io.paritree.ModelException;
import io.paritree.Seed;
import io.paritree.Sha256;
import io.paritree.model.layout.Digests;
import io.paritree.model.layout.ModelReference;
import io.paritree.model.layout.PackageFiles;
import io.paritree.store.FileEntry;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every change of a sealed package is detected, and the message says where it is. */
public class SealedPackageTest {
  private static final int[] FLIPS = {0x01, 0x20, 0x80, 0xff};

  /** So many of the flips each byte has; which ones, the seed says. */
  private static final int TRIED = Integer.getInteger("paritree.flips", 1);

  @TempDir Path directory;

  private Path sealed;
  private Map<String, byte[]> files;

  @BeforeEach
  void seal() throws IOException {
    sealed = new TestPackages(directory).binary(1, 6);
    files = filesOf(sealed);
  }

  @Test
  void holdsTheFourFilesAndOpens() throws Exception {
    assertThat(files)
        .containsOnlyKeys("golden.jsonl", "model.ubj", "paritree.json", "paritree.sha256");
    assertThat(open(files).modelVersion()).isEqualTo("parcel-late/1");
  }

  @Test
  void everyChangedByteIsRefusedWithTheFilesName() throws Exception {
    files = filesOf(new TestPackages(directory.resolve("small")).binary(1, 2));
    long seed = Seed.next();
    Random random = new Random(seed);
    for (String name : files.keySet()) {
      byte[] whole = files.get(name);
      byte[] changed = whole.clone();
      for (int at = 0; at < whole.length; at++) {
        int first = random.nextInt(FLIPS.length);
        for (int next = 0; next < TRIED; next++) {
          int flip = FLIPS[(first + next) % FLIPS.length];
          changed[at] = (byte) (whole[at] ^ flip);
          assertRefused(
              name, changed, "byte %s of %s xor %s, seed %s".formatted(at, name, flip, seed));
        }

        changed[at] = whole[at];
      }
    }
  }

  @Test
  void everyCutIsRefusedWithTheFilesName() throws Exception {
    files = filesOf(new TestPackages(directory.resolve("small")).binary(1, 2));
    for (String name : files.keySet()) {
      byte[] whole = files.get(name);
      for (int length = 0; length < whole.length; length++) {
        assertRefused(
            name, Arrays.copyOf(whole, length), "%s cut to %s bytes".formatted(name, length));
      }
    }
  }

  @Test
  void everyAddedByteIsRefusedWithTheFilesName() throws Exception {
    for (String name : files.keySet()) {
      byte[] whole = files.get(name);
      for (byte added : new byte[] {'\n', 0, ' '}) {
        byte[] longer = Arrays.copyOf(whole, whole.length + 1);
        longer[whole.length] = added;
        assertRefused(name, longer, "%s and the byte %s".formatted(name, added));
      }
    }
  }

  @Test
  void aLineOfTheDigestsCannotComeOrGo() throws Exception {
    String digests = text(PackageFiles.DIGESTS);
    for (String line : digests.split("(?<=\n)")) {
      assertRefused(
          PackageFiles.DIGESTS, digests.replace(line, "").getBytes(UTF_8), "without " + line);
      assertRefused(
          PackageFiles.DIGESTS,
          digests.replace(line, line + line).getBytes(UTF_8),
          "twice " + line);
    }
  }

  @Test
  void changesOnDiskAreRefusedAsWell() throws Exception {
    for (String name : files.keySet()) {
      byte[] whole = files.get(name);
      byte[] changed = whole.clone();
      changed[whole.length / 2] ^= 1;
      Files.write(sealed.resolve(name), changed);
      assertThatThrownBy(() -> Opening.open(sealed.toString(), EngineKind.FOREST))
          .isInstanceOf(CorruptModelException.class)
          .hasMessageContaining(name)
          .hasMessageContaining(sealed.toString());

      Files.write(sealed.resolve(name), Arrays.copyOf(whole, whole.length - 1));
      assertThatThrownBy(() -> Opening.open(sealed.toString(), EngineKind.FOREST))
          .isInstanceOf(CorruptModelException.class)
          .hasMessageContaining(name);

      Files.delete(sealed.resolve(name));
      assertThatThrownBy(() -> Opening.open(sealed.toString(), EngineKind.FOREST))
          .isInstanceOf(CorruptModelException.class)
          .hasMessageContaining(name);
      Files.write(sealed.resolve(name), whole);
    }

    assertThat(Opening.open(sealed.toString(), EngineKind.FOREST).sealed()).isTrue();
  }

  @Test
  void twoFilesInEachOthersPlaceAreRefused() {
    Map<String, byte[]> swapped = new TreeMap<>(files);
    swapped.put("golden.jsonl", files.get("paritree.json"));
    swapped.put("paritree.json", files.get("golden.jsonl"));

    assertThatThrownBy(() -> open(swapped)).hasMessageContaining("golden.jsonl");
  }

  @Test
  void aFileThatIsNotListedIsNeverRead() throws Exception {
    Files.createDirectory(sealed.resolve("notes.txt"));

    assertThat(ModelFiles.read(sealed.toString()).names()).isEqualTo(files.keySet());
    assertThat(Opening.open(sealed.toString(), EngineKind.FOREST).sealed()).isTrue();
  }

  @Test
  void aChangedGoldenMarginIsRefusedThoughTheDigestsAreRight() throws Exception {
    String golden = text("golden.jsonl");
    String third = golden.lines().toList().get(2);
    Matcher bits = Pattern.compile("\"margins\":\\[\"([0-9a-f]{8})\"").matcher(third);
    assertThat(bits.find()).isTrue();
    int expected = Integer.parseUnsignedInt(bits.group(1), 16) ^ 1;
    String changed = third.replace(bits.group(1), "%08x".formatted(expected));

    assertThatThrownBy(() -> open(resealed("golden.jsonl", golden.replace(third, changed))))
        .isInstanceOf(CorruptModelException.class)
        .hasMessageContaining("golden row 3")
        .hasMessageContaining("margin 0 to be " + Float.intBitsToFloat(expected))
        .hasMessageContaining("bits %08x".formatted(expected))
        .hasMessageContaining("computed " + Float.intBitsToFloat(expected ^ 1));
  }

  @Test
  void aChangedGoldenMarginIsFoundHoweverTheDigestsAreCorrected() throws Exception {
    String golden = text("golden.jsonl");
    String changed =
        golden.replaceFirst("\"margins\":\\[\"([0-9a-f]{7}).\"", "\"margins\":[\"$10\"");
    if (changed.equals(golden)) {
      changed = golden.replaceFirst("\"margins\":\\[\"([0-9a-f]{7}).\"", "\"margins\":[\"$11\"");
    }

    byte[] content = changed.getBytes(UTF_8);
    String replaced =
        text(PackageFiles.DIGESTS)
            .replace(Sha256.hex(files.get("golden.jsonl")), Sha256.hex(content));
    String plain = replaced.replaceFirst("#.*\n", ""); // as sha256sum writes it
    for (String digests : new String[] {replaced, plain}) {
      Map<String, byte[]> all = new TreeMap<>(files);
      all.put("golden.jsonl", content);
      all.put(PackageFiles.DIGESTS, digests.getBytes(UTF_8));

      assertThatThrownBy(() -> open(all))
          .isInstanceOf(CorruptModelException.class)
          .hasMessageContaining("'paritree.sha256'")
          .hasMessageContaining("golden row 1")
          .hasMessageContaining("expected margin 0 to be ")
          .hasMessageContaining("but computed ");
    }
  }

  @Test
  void aChangedNameInTheDigestsIsRefusedOnDiskWithTheNameOfTheDigests() throws Exception {
    byte[] whole = files.get(PackageFiles.DIGESTS);
    for (int flip : new int[] {0x01, 0x20, 0x80}) {
      for (int at = 66; whole[at] != '\n'; at++) {
        byte[] changed = whole.clone();
        changed[at] ^= (byte) flip;
        Files.write(sealed.resolve(PackageFiles.DIGESTS), changed);

        assertThatThrownBy(() -> Opening.open(sealed.toString(), EngineKind.FOREST))
            .as("byte %s xor %s", at, flip)
            .isInstanceOf(CorruptModelException.class)
            .hasMessageContaining("'paritree.sha256'");
      }
    }
  }

  @Test
  void aChangedGoldenLeafIsRefusedThoughTheDigestsAreRight() throws Exception {
    String golden = text("golden.jsonl");
    String first = golden.lines().findFirst().orElseThrow();
    Matcher leaf = Pattern.compile("\"leaves\":\\[(\\d+),").matcher(first);
    assertThat(leaf.find()).isTrue();
    String changed = first.replace("\"leaves\":[" + leaf.group(1), "\"leaves\":[999");

    assertThatThrownBy(() -> open(resealed("golden.jsonl", golden.replace(first, changed))))
        .isInstanceOf(CorruptModelException.class)
        .hasMessageContaining("golden row 1")
        .hasMessageContaining(
            "expected the leaf of tree 0 to be 999, but computed " + leaf.group(1));
  }

  @Test
  void aChangedGoldenContributionIsRefusedThoughTheDigestsAreRight() throws Exception {
    files = filesOf(new TestPackages(directory).reasons());
    String golden = text(PackageFiles.GOLDEN_ROWS);
    assertThat(open(files).card().goldenContributions()).isEqualTo(8);
    Matcher contributions = Pattern.compile("\"contributions\":\\[\"([0-9a-f]{8})").matcher(golden);
    for (int row = 1; row <= 8; row++) {
      assertThat(contributions.find()).isTrue();
      int bits = Integer.parseUnsignedInt(contributions.group(1), 16);
      String changed =
          golden.substring(0, contributions.start(1))
              + "%08x".formatted(bits ^ 1)
              + golden.substring(contributions.end(1));

      assertThatThrownBy(() -> open(resealed(PackageFiles.GOLDEN_ROWS, changed)))
          .isInstanceOf(CorruptModelException.class)
          .hasMessageContaining("golden row %s ".formatted(row))
          .hasMessageContaining(
              "contribution 0 to be %s".formatted(Float.intBitsToFloat(bits ^ 1)));
    }

    String fewer =
        golden.replaceFirst("(\"contributions\":\\[\"[0-9a-f]{8}\"),\"[0-9a-f]{8}\"", "$1");
    assertThatThrownBy(() -> open(resealed(PackageFiles.GOLDEN_ROWS, fewer)))
        .hasMessageContaining("has 7 contributions, but the model computes 8");
  }

  @Test
  void contributionsThatTheFormatDoesNotHaveAreRefused() throws Exception {
    String golden = text(PackageFiles.GOLDEN_ROWS);
    assertThat(text(PackageFiles.MANIFEST)).contains("\"format\": 1");
    assertThat(golden).doesNotContain("contributions");
    String more = golden.replaceFirst("}\n", ",\"contributions\":[\"00000000\"]}\n");

    assertThatThrownBy(() -> open(resealed(PackageFiles.GOLDEN_ROWS, more)))
        .isInstanceOf(CorruptModelException.class)
        .hasMessageContaining("golden.jsonl has contributions, which a package of its format");
  }

  @Test
  void aGoldenRecordThatTheSchemaRefusesIsRefused() throws Exception {
    String golden = text("golden.jsonl").replaceFirst("\"distance\":", "\"distances\":");

    assertThatThrownBy(() -> open(resealed("golden.jsonl", golden)))
        .isInstanceOf(CorruptModelException.class)
        .hasMessageContaining("golden row 1")
        .hasMessageContaining("unknown_field");
  }

  @Test
  void aSchemaThatDoesNotFitTheModelIsRefusedThoughTheDigestsAreRight() throws Exception {
    String manifest = text("paritree.json");

    assertThatThrownBy(
            () -> open(resealed("paritree.json", manifest.replace("\"weight\"", "\"mass\""))))
        .isInstanceOf(CorruptModelException.class)
        .hasMessageContaining("paritree.json at /features/1")
        .hasMessageContaining("'mass'")
        .hasMessageContaining("'weight'");
    assertThatThrownBy(
            () ->
                open(
                    resealed(
                        "paritree.json",
                        manifest.replaceFirst(
                            "\\{\"name\":\"carrier\".*?\\}",
                            "{\"name\":\"carrier\",\"type\":\"number\"}"))))
        .isInstanceOf(CorruptModelException.class)
        .hasMessageContaining("/features/3 ('carrier')")
        .hasMessageContaining("it is not a category");
    assertThatThrownBy(
            () ->
                open(
                    resealed(
                        "paritree.json",
                        manifest.replaceFirst(
                            "\\{\"name\":\"weight\".*?\\}",
                            "{\"name\":\"weight\",\"type\":\"category\"}"))))
        .isInstanceOf(CorruptModelException.class)
        .hasMessageContaining("/features/1 ('weight')")
        .hasMessageContaining("it is a category, but the model treats it as a number");
    assertThatThrownBy(
            () ->
                open(
                    resealed(
                        "paritree.json",
                        manifest.replace("\"categories\":[10,20,30,7]", "\"categories\":[10,20]"))))
        .isInstanceOf(CorruptModelException.class)
        .hasMessageContaining("/features/4 ('zone')")
        .hasMessageContaining("it has 2 categories, but the model file splits on code ");
  }

  @Test
  void fewerRoundsThanSealedAreRefusedByTheGoldenRows() throws Exception {
    String manifest = text("paritree.json").replace("\"end\": 6", "\"end\": 5");

    assertThatThrownBy(() -> open(resealed("paritree.json", manifest)))
        .isInstanceOf(CorruptModelException.class)
        .hasMessageContaining("golden row 1");
  }

  @Test
  void aPackageWithoutDigestsIsNeverOpened() throws Exception {
    Files.delete(sealed.resolve(PackageFiles.DIGESTS));

    assertThatThrownBy(() -> Opening.open(sealed.toString(), EngineKind.FOREST))
        .isInstanceOf(CorruptModelException.class)
        .hasMessageContaining("paritree.sha256, which is written last");
  }

  @Test
  void digestsThatLeaveOutThePackage() {
    Map<String, byte[]> few = new TreeMap<>(files);
    few.remove("golden.jsonl");
    few.remove(PackageFiles.DIGESTS);
    few.put(PackageFiles.DIGESTS, Digests.of(few).content());

    assertThatThrownBy(() -> open(few))
        .isInstanceOf(CorruptModelException.class)
        .hasMessageContaining("does not list the file 'golden.jsonl'");
  }

  @Test
  void sealingTheSameTwiceGivesTheSameBytes() throws Exception {
    Path again = new TestPackages(directory.resolve("again")).binary(1, 6);

    assertThat(filesOf(again)).containsExactlyEntriesOf(files);
  }

  private static final java.nio.charset.Charset UTF_8 = StandardCharsets.UTF_8;

  private void assertRefused(String name, byte[] changed, String what) throws ModelException {
    Map<String, byte[]> all = new TreeMap<>(files);
    all.put(name, changed);
    try {
      open(all);
    } catch (CorruptModelException e) {
      if (!e.getMessage().contains("'" + name + "'")) {
        assertThat(e.getMessage()).as(what).contains("'" + name + "'");
      }

      return;
    }

    throw new AssertionError("Opened, but should be refused: " + what);
  }

  private Map<String, byte[]> resealed(String name, String content) {
    Map<String, byte[]> all = new TreeMap<>(files);
    all.put(name, content.getBytes(UTF_8));
    assertThat(all.get(name)).as("the content must have changed").isNotEqualTo(files.get(name));
    all.remove(PackageFiles.DIGESTS);
    all.put(PackageFiles.DIGESTS, Digests.of(all).content());
    return all;
  }

  private String text(String name) {
    return new String(files.get(name), UTF_8);
  }

  private static ScoringModel open(Map<String, byte[]> files) throws ModelException {
    return Opening.open(
        new ModelFiles("store/parcel", ModelReference.Kind.PACKAGE, Optional.empty(), files),
        EngineKind.FOREST);
  }

  public static Map<String, byte[]> filesOf(Path directory) throws IOException {
    Map<String, byte[]> files = new TreeMap<>();
    Set<String> names = new TreeSet<>();
    Location location = Location.of(directory);
    for (FileEntry entry : FileStore.of(location).list(location)) {
      names.add(entry.location().name());
    }

    for (String name : names) {
      files.put(name, Files.readAllBytes(directory.resolve(name)));
    }

    return files;
  }
}
