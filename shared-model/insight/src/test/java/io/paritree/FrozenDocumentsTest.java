package io.paritree;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.paritree.comparison.EvidenceDocument;
import io.paritree.docs.Page;
import io.paritree.json.SealedJson;
import io.paritree.lookup.IndexManifest;
import io.paritree.lookup.TableIndexes;
import io.paritree.model.golden.GoldenFile;
import io.paritree.model.layout.FrozenAliases;
import io.paritree.model.manifest.ManifestParser;
import io.paritree.model.manifest.ManifestWriter;
import io.paritree.model.manifest.SchemaParser;
import io.paritree.model.manifest.SchemaWriter;
import io.paritree.output.FrozenRunDrift;
import io.paritree.output.PartitionManifest;
import io.paritree.output.RunReport;
import io.paritree.output.StoredAudit;
import io.paritree.output.StoredOutcomes;
import io.paritree.output.StoredProfile;
import io.paritree.profile.Profile;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collector;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Documents that the code of December 2026 has written are read, and written again as they were:
 * {@code documents/KIND/FILE}. Where a kind is read and never written, or passed on as it is, the
 * claim is smaller.
 */
class FrozenDocumentsTest {
  @TempDir Path directory;

  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .disable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .build();

  private static final List<JsonNode> OTHERS =
      Stream.of("null", "[null]", "true", "\"text\"", "-1", "1e300", "[0]", "{}")
          .map(FrozenDocumentsTest::tree)
          .toList();

  /** Numbers are the same if their doubles have the same bits. */
  private static final Comparator<JsonNode> BY_VALUE =
      (one, other) -> {
        if (one.isIntegralNumber() && other.isIntegralNumber()) {
          return one.bigIntegerValue().compareTo(other.bigIntegerValue());
        } else if (one.isNumber() && other.isNumber()) {
          return Double.compare(real(one), real(other));
        }

        return one.equals(other) ? 0 : 1;
      };

  /** Each kind of document that is on disk, or that a command answers to be kept. */
  private enum Kind {
    PACKAGE("ManifestWriter"),
    GOLDEN("GoldenFile"),
    REFERENCE("Profile"),
    SCHEMA("SchemaWriter"),
    ALIAS_MOVE("AliasMove"),
    GUARDED_ALIASES(""),
    PARTITION("PartitionManifest"),
    REPORT("RunReport"),
    DRIFT("RunDrift"),
    STORED_PROFILE("StoredProfile"),
    COMPARISON("Comparison"),
    OUTCOMES(""),
    AUDIT(""),
    INDEX("IndexManifest"),
    TABLE_INDEXES("TableIndexes"),
    PARITY("ParityProof"),
    REPLAY("Replay");

    private final String writer;

    /**
     * @param writer the class of this module that writes it; empty if none does
     */
    Kind(String writer) {
      this.writer = writer;
    }

    private String directory() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  static List<Path> documents() throws IOException {
    try (Stream<Path> files = Files.walk(directory())) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }

  private static Path directory() {
    try {
      return Path.of(FrozenDocumentsTest.class.getResource("/documents").toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static JsonNode tree(String json) {
    try {
      return MAPPER.readTree(json);
    } catch (IOException e) {
      throw new IllegalArgumentException(json, e);
    }
  }

  private static double real(JsonNode number) {
    return Double.parseDouble(number.asText());
  }

  @ParameterizedTest
  @MethodSource("documents")
  void aDocumentIsReadAndWrittenAgainAsItWas(Path file) throws Exception {
    Kind kind = kind(file);
    String name = file.getFileName().toString();
    byte[] document = Files.readAllBytes(file);

    byte[] rewritten = rewritten(kind, file, document, name);

    List<JsonNode> before = trees(inFormat2(kind, document));
    List<JsonNode> after = trees(rewritten);
    assertThat(after).hasSameSizeAs(before);
    for (int at = 0; at < before.size(); at++) {
      assertThat(after.get(at).equals(BY_VALUE, before.get(at)))
          .as("%s%nwritten again: %s", file, after.get(at))
          .isTrue();
    }
  }

  @ParameterizedTest
  @MethodSource("documents")
  void aDocumentWithAnotherValueAtAnyPlaceIsReadOrRefusedAsOneThatIsBroken(Path file)
      throws Exception {
    Kind kind = kind(file);
    String name = file.getFileName().toString();
    if (kind == Kind.PARITY || kind == Kind.REPLAY) {
      return; // its digest is checked, and nothing is read
    }

    for (JsonNode document : trees(Files.readAllBytes(file))) {
      for (JsonPointer place : places(document)) {
        for (JsonNode other : OTHERS) {
          byte[] changed = MAPPER.writeValueAsBytes(with(document.deepCopy(), place, other));
          try {
            rewritten(kind, file, changed, name);
          } catch (RuntimeException | StackOverflowError | AssertionError e) {
            throw new AssertionError("%s at %s of %s".formatted(other, place, file), e);
          } catch (Exception e) {
            assertThat(e).as("%s at %s of %s", other, place, file).hasMessageContaining(name);
          }
        }
      }
    }
  }

  /** Returns a place of each kind: of the elements of an array, and of its members, the first. */
  private static Collection<JsonPointer> places(JsonNode document) {
    Map<String, JsonPointer> places = new TreeMap<>();
    add(document, JsonPointer.empty(), places);
    return places.values();
  }

  private static void add(JsonNode node, JsonPointer at, Map<String, JsonPointer> places) {
    if (places.putIfAbsent(at.toString().replaceAll("/\\d+", "/*"), at) == null) {
      for (int index = 0; node.isArray() && index < node.size(); index++) {
        add(node.get(index), at.appendIndex(index), places);
      }

      node.properties()
          .forEach(one -> add(one.getValue(), at.appendProperty(one.getKey()), places));
    }
  }

  private static JsonNode with(JsonNode document, JsonPointer place, JsonNode other) {
    JsonPointer last = place.last();
    if (last == null) {
      return other;
    } else if (document.at(place.head()) instanceof ArrayNode array) {
      array.set(last.getMatchingIndex(), other);
    } else {
      ((ObjectNode) document.at(place.head())).set(last.getMatchingProperty(), other);
    }

    return document;
  }

  private static Kind kind(Path file) {
    return Arrays.stream(Kind.values())
        .filter(one -> one.directory().equals(file.getParent().getFileName().toString()))
        .findFirst()
        .orElseThrow();
  }

  /**
   * Returns a report or a manifest of format 1 in format 2, which has names in one form, the id of
   * a run as {@code run_id}, and no scores where there are none.
   */
  private static byte[] inFormat2(Kind kind, byte[] document) throws IOException {
    if (kind != Kind.REPORT && kind != Kind.PARTITION) {
      return document;
    }

    ObjectNode tree = (ObjectNode) MAPPER.readTree(document);
    tree.put("format", 2);
    if (kind == Kind.REPORT) {
      tree.set("run_id", tree.remove("run"));
    }

    if (tree.at("/scores/count").asInt(1) == 0) {
      tree.remove("scores");
    }

    String names = MAPPER.writeValueAsString(tree);
    return Pattern.compile("\"\\w+\":")
        .matcher(names)
        .replaceAll(name -> name.group().replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT))
        .getBytes(StandardCharsets.UTF_8);
  }

  private byte[] rewritten(Kind kind, Path file, byte[] document, String name) throws Exception {
    return switch (kind) {
      case PACKAGE -> ManifestWriter.toJson(ManifestParser.fromJson(name, document));
      case GOLDEN -> GoldenFile.write(GoldenFile.parse(name, document));
      case REFERENCE -> Profile.fromJson(name, document).toJson();
      case SCHEMA -> SchemaWriter.toJson(SchemaParser.fromJson(name, document));
      case ALIAS_MOVE -> FrozenAliases.rewritten(document, name);
      case GUARDED_ALIASES -> requirements(document);
      case PARTITION -> PartitionManifest.fromJson(document, name).toJson();
      case REPORT -> RunReport.fromJson(document, name).toJson();
      case DRIFT -> FrozenRunDrift.rewritten(document, name);
      case STORED_PROFILE -> StoredProfile.fromJson(document, name).toJson();
      case COMPARISON -> {
        assertThat(EvidenceDocument.read(name, document).isComparison()).isTrue();
        yield document;
      }
      case OUTCOMES -> StoredOutcomes.checked(document, day(document), name);
      case AUDIT -> StoredAudit.of(document, audited(document), name).document();
      case INDEX -> {
        Path digests = file.resolveSibling(name.replace(".json", ".sha256"));
        yield name.endsWith(".sha256")
            ? document
            : IndexManifest.fromJson(document, Files.readAllBytes(digests), name).toJson();
      }
      case TABLE_INDEXES -> TableIndexes.fromJson(document, name).toJson();
      case PARITY, REPLAY -> {
        assertThat(SealedJson.isWhole(document)).isTrue();
        yield document;
      }
    };
  }

  /** Returns the file of guarded aliases as what was read of it says that it was. */
  private byte[] requirements(byte[] document) throws Exception {
    Files.write(directory.resolve("promotion.json"), document);
    Map<String, Map<String, List<String>>> aliases =
        FrozenAliases.requirements(directory).entrySet().stream()
            .collect(
                Collectors.toMap(Map.Entry::getKey, rules -> Map.of("require", rules.getValue())));
    return MAPPER.writeValueAsBytes(Map.of("aliases", aliases));
  }

  private static String day(byte[] document) throws IOException {
    return MAPPER.readTree(document).path("as_of").asText(StoredOutcomes.UNDATED);
  }

  private static String audited(byte[] document) throws IOException {
    return MAPPER.readTree(document).at("/partitions/0/partition").asText();
  }

  /** Returns the documents of the lines of a file, or of the whole file. */
  private static List<JsonNode> trees(byte[] content) throws IOException {
    String text = new String(content, StandardCharsets.UTF_8);
    if (!text.startsWith("{")) {
      return List.of(MAPPER.getNodeFactory().textNode(text)); // digests
    }

    return MAPPER
        .disable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
        .readerFor(JsonNode.class)
        .<JsonNode>readValues(text)
        .readAll();
  }

  @Test
  void eachKindHasADocument() throws IOException {
    Set<String> kinds = Arrays.stream(Kind.values()).map(Kind::directory).collect(toSet());
    Set<String> frozen =
        documents().stream()
            .map(file -> file.getParent().getFileName().toString())
            .collect(toSet());

    assertThat(frozen).isEqualTo(kinds);
  }

  @Test
  void eachClassThatWritesADocumentIsOfAKind() throws IOException {
    Set<String> writers = new TreeSet<>();
    try (Stream<Path> files = Files.walk(Page.ROOT.resolve("shared-model"))) {
      for (Path source :
          files.filter(file -> file.toString().matches(".*/src/main/java/.*\\.java")).toList()) {
        if (Files.readString(source).matches("(?s).*byte\\[\\] (toJson|json)\\(.*")) {
          writers.add(source.getFileName().toString().replace(".java", ""));
        }
      }
    }

    writers.remove("ReasonsForm"); // a part of other documents
    writers.remove("StoredFaults"); // a column of rows
    assertThat(Arrays.stream(Kind.values()).map(kind -> kind.writer).toList()).containsAll(writers);
  }

  private static <T> Collector<T, ?, Set<T>> toSet() {
    return Collectors.toCollection(TreeSet::new);
  }
}
