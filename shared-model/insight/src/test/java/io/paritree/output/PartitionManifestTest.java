package io.paritree.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The files that runs of different versions read of each other keep their layout. */
class PartitionManifestTest {
  private static final Optional<String> DIGEST = Optional.of("0a1b".repeat(16));

  private static final PartitionManifest MANIFEST =
      new PartitionManifest(
          "day=1",
          "identity",
          "run",
          "run-0a1b2c3d",
          "credit",
          "credit/3",
          "digest",
          "forest",
          "2026-01-02T03:04:05Z",
          11,
          10,
          1,
          List.of("loan_id"),
          List.of("score"),
          Optional.empty(),
          Optional.of(new ScoredInput("/lake/loans", "17", 2, "2c3d")),
          List.of(new DataFile("part-0.parquet", 1234, 10, DIGEST)));

  private static final String LAYOUT =
      """
      {
        "format" : 2,
        "partition" : "day=1",
        "identity" : "identity",
        "run" : "run",
        "directory" : "run-0a1b2c3d",
        "model_name" : "credit",
        "model_version" : "credit/3",
        "model_digest" : "digest",
        "engine" : "forest",
        "staged_at" : "2026-01-02T03:04:05Z",
        "read" : 11,
        "scored" : 10,
        "quarantined" : 1,
        "keys" : [ "loan_id" ],
        "scores" : [ "score" ],
        "input" : {
          "path" : "/lake/loans",
          "version" : "17",
          "files" : 2,
          "digest" : "2c3d"
        },
        "files" : [ {
          "name" : "part-0.parquet",
          "bytes" : 1234,
          "rows" : 10,
          "sha256" : "0a1b0a1b0a1b0a1b0a1b0a1b0a1b0a1b0a1b0a1b0a1b0a1b0a1b0a1b0a1b0a1b"
        } ]
      }""";

  @Test
  void manifestHasOneLayout() throws Exception {
    assertThat(new String(MANIFEST.toJson(), StandardCharsets.UTF_8)).isEqualTo(LAYOUT);
    assertThat(PartitionManifest.fromJson(utf8(LAYOUT), "x")).isEqualTo(MANIFEST);
  }

  @Test
  void ofTooManyFilesItIsSaidThatNoServerReadsTheManifest() throws Exception {
    List<DataFile> files = new ArrayList<>();
    for (int file = 0; file < 60_000; file++) {
      files.add(
          new DataFile(
              "part-%05d-0a1b2c3d.c000.zstd.parquet".formatted(file), 99_999, 999, DIGEST));
    }

    PartitionManifest many = TestManifest.of("day=1", "i", "d", files);

    assertThat(MANIFEST.servingProblem(MANIFEST.toJson())).isEmpty();
    assertThat(many.servingProblem(many.toJson()).orElseThrow())
        .contains("day=1", "for 60000 files", "at most 6291456");
  }

  @Test
  void manifestOfAnEarlierVersionNamesNoColumns() throws Exception {
    String earlier =
        LAYOUT
            .replaceAll(" *\"(keys|scores)\" .*\n", "")
            .replaceAll(",\\s*\"sha256\" : \"[0-9a-f]*\"", "");

    PartitionManifest manifest = PartitionManifest.fromJson(utf8(earlier), "x");

    assertThat(manifest.keys()).isEmpty();
    assertThat(manifest.scores()).isEmpty();
    assertThat(manifest.files())
        .containsExactly(new DataFile("part-0.parquet", 1234, 10, Optional.empty()));
  }

  @Test
  void manifestOfALaterVersionMayHaveMore() throws Exception {
    String more = LAYOUT.replace("\"read\"", "\"more\" : {\"a\" : [1]}, \"read\"");

    assertThat(PartitionManifest.fromJson(utf8(more), "x")).isEqualTo(MANIFEST);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"format\" : 2,",
        "\"partition\" : \"day=1\",",
        "\"identity\" : \"identity\",",
        "\"directory\" : \"run-0a1b2c3d\","
      })
  void manifestWithoutWhatItMustHaveIsNamed(String missing) {
    assertThatThrownBy(
            () -> PartitionManifest.fromJson(utf8(LAYOUT.replace(missing, "")), "f.json"))
        .isInstanceOf(IOException.class)
        .hasMessageMatching("Cannot read f.json at /\\w+: got nothing, expected .+");
  }

  @Test
  void fileOfAManifestWithoutItsLengthIsNamed() {
    String broken = LAYOUT.replace("\"bytes\" : 1234,", "");

    assertThatThrownBy(() -> PartitionManifest.fromJson(utf8(broken), "f.json"))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "Cannot read f.json at /files/0/bytes: got nothing, expected a whole number of at least 0");
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
