package io.paritree.spark.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.Seed;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Rows, keys, passed columns and scores of a view are those that a SELECT has. A seed chooses some
 * forms of views, and the format of their tables; with {@code -Dviews.all=true}, which takes some
 * minutes, each form is tried over each format in all four ways.
 */
class ViewInputTest {
  private static final long SEED = Seed.next();

  /** So many forms are tried without {@code -Dviews.all}. */
  private static final int FORMS = 6;

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

  /** Some forms over a format that the seed says, and each way about as often as the others. */
  static Stream<Arguments> forms() {
    System.out.println("seed " + SEED);
    Random random = new Random(SEED);
    String format = ViewTrial.FORMATS.get(random.nextInt(ViewTrial.FORMATS.size()));
    List<ViewForm> chosen = new ArrayList<>(ViewForm.ALL);
    Collections.shuffle(chosen, random);
    return IntStream.range(0, FORMS)
        .mapToObj(at -> Arguments.of(chosen.get(at), format, at % 4 == 0, at % 5 != 0));
  }

  static Stream<Arguments> all() {
    return ViewForm.ALL.stream()
        .flatMap(
            form ->
                ViewTrial.FORMATS.stream()
                    .flatMap(
                        format ->
                            IntStream.range(0, 4)
                                .mapToObj(
                                    way ->
                                        Arguments.of(form, format, way / 2 == 0, way % 2 == 0))));
  }

  static Stream<Arguments> tried() {
    return Boolean.getBoolean("views.all") ? all() : forms();
  }

  @ParameterizedTest(name = "{0}, {1}, adaptive {2}, generated {3}")
  @MethodSource("tried")
  void whatIsPublishedIsWhatTheViewHas(
      ViewForm form, String format, boolean isAdaptive, boolean isGenerated) {
    trial.compare(form, format, isAdaptive, isGenerated);
  }

  static List<String> selecting() {
    List<String> names =
        new ArrayList<>(List.of("all columns", "exchanged numbers", "other names"));
    Collections.shuffle(names, new Random(SEED));
    return Boolean.getBoolean("views.all") ? names : names.subList(0, 1);
  }

  @ParameterizedTest
  @MethodSource("selecting")
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
