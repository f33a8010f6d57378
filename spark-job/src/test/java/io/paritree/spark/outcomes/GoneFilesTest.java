package io.paritree.spark.outcomes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files that are gone are those of what the message names. */
class GoneFilesTest {

  private static OutcomeQuery query(String output, String challenger) {
    OutcomeQuery query = TestQuery.ofOutput(output);
    return new OutcomeQuery(
        query.published(),
        query.scores(),
        query.labels(),
        query.maturity(),
        query.unmatched(),
        List.of(),
        challenger,
        List.of());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "File file:/labels/a.parquet does not exist        | the labels /labels",
        "File file:/labels does not exist                  | the labels /labels",
        "[PATH_NOT_FOUND] Path does not exist: file:/labels. SQLSTATE | the labels /labels",
        "File file:/labels/out/day=1/a.parquet is gone     | /labels/out",
        "1 of 2 files of /labels/out are gone              | /labels/out",
        "File file:/labels/in/a.parquet does not exist     | the challenger's scores /labels/in",
        "File file:/labels2/a.parquet does not exist       | /labels/out"
      })
  void theyAreNamedByTheInnermostSourceThatHoldsThem(String message, String what)
      throws IOException {
    OutcomeQuery query = query("/labels/out", "/labels/in");

    GoneFiles gone = GoneFiles.of(query, message, Map.of());

    assertThat(gone.what()).isEqualTo(what);
    assertThat(gone.after(5, message, new IOException(message)))
        .hasMessageStartingWith(
            "files of %s were gone when they were read, 5 times".formatted(what))
        .hasMessageContaining(message);
    assertThat(gone.cure().contains("publish")).isEqualTo(!what.startsWith("the labels"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/out         | next        | 1 of 2 files of next are gone           | scores next",
        "/out         | data/next   | 1 of 2 files of data/next are gone      | scores data/next",
        "/data/out    | /next       | File file:/data/out/next/a is gone      | /data/out",
        "s3a://a/rows | s3a://b/rows | s3a://b/rows/x: No such file           | scores s3a://b/rows",
        "s3a://a/rows | s3a://b/rows | No such file: s3a://a/rows/x           | s3a://a/rows",
        "hdfs://n/out | hdfs://n/next | File does not exist: /next/day=1/a    | scores hdfs://n/next",
        "out          | next        | File file:///nowhere/out/a is gone      | out"
      })
  void relativeNamesAndStoresWithEqualPathsAreNotConfused(
      String output, String challenger, String message, String what) throws IOException {
    GoneFiles gone = GoneFiles.of(query(output, challenger), message, Map.of());

    assertThat(gone.what()).isEqualTo(what.replace("scores ", "the challenger's scores "));
  }
}
