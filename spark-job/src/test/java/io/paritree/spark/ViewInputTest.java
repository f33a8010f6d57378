package io.paritree.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Rows, keys, passed columns and scores of a view are those that a SELECT has. With {@code
 * -Dviews.all=true} each form of view is tried over each format in all four ways, which takes some
 * minutes.
 */
class ViewInputTest {
  @TempDir static Path directory;
  private static ViewTrial trial;

  @BeforeAll
  static void makeTables() {
    trial = new ViewTrial(directory);
  }

  @AfterAll
  static void dropTables() {
    trial.close();
  }

  /** Each form once, and each way about as often as the others. */
  static Stream<Arguments> forms() {
    return IntStream.range(0, ViewForm.ALL.size())
        .mapToObj(
            at ->
                Arguments.of(
                    ViewForm.ALL.get(at), ViewTrial.FORMATS.get(at % 3), at % 4 == 0, at % 5 != 0));
  }

  @ParameterizedTest(name = "{0}, {1}, adaptive {2}, generated {3}")
  @MethodSource("forms")
  void whatIsPublishedIsWhatTheViewHas(
      ViewForm form, String format, boolean isAdaptive, boolean isGenerated) {
    trial.compare(form, format, isAdaptive, isGenerated);
  }

  /**
   * Those that depend on the format of tables, over the formats that they were not tried over, with
   * or without adaptive plans and generated code by turns.
   */
  static Stream<Arguments> otherFormats() {
    boolean inAll = Boolean.getBoolean("views.all");
    int perFormat = ViewForm.PER_FORMAT.size();
    List<Arguments> ways = new ArrayList<>();
    for (int form = 0; form < ViewForm.ALL.size(); form++) {
      for (int format = 0; format < ViewTrial.FORMATS.size(); format++) {
        for (int way = 0; way < 4; way++) {
          boolean isTurn = form < perFormat && format != form % 3 && way == (form + format) % 4;
          if (inAll || isTurn) {
            ways.add(
                Arguments.of(
                    ViewForm.ALL.get(form),
                    ViewTrial.FORMATS.get(format),
                    way / 2 == 0,
                    way % 2 == 0));
          }
        }
      }
    }

    return ways.stream();
  }

  @ParameterizedTest(name = "{0}, {1}, adaptive {2}, generated {3}")
  @MethodSource("otherFormats")
  @Tag("clusters")
  void whatIsPublishedIsWhatTheViewHasInOtherFormats(
      ViewForm form, String format, boolean isAdaptive, boolean isGenerated) {
    trial.compare(form, format, isAdaptive, isGenerated);
  }

  @ParameterizedTest
  @ValueSource(strings = {"all columns", "exchanged numbers", "other names"})
  void aViewThatOnlySelectsColumnsIsReadInBatches(String name) throws Exception {
    ViewForm form =
        ViewForm.ALL.stream().filter(any -> any.name().equals(name)).findFirst().orElseThrow();
    try (ReadStages stages = new ReadStages()) {
      trial.compare(form, "parquet", true, true);

      assertThat(stages.operators())
          .hasSize(2)
          .allMatch(any -> any.startsWith("Scan parquet ") || any.equals("mapPartitions"));
    }
  }
}
