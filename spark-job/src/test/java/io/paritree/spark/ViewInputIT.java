package io.paritree.spark;

import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each form of view over each format, with and without adaptive plans and generated code. */
@Tag("clusters")
class ViewInputIT {
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

  static Stream<Arguments> ways() {
    return Stream.of(true, false)
        .flatMap(
            adaptive ->
                Stream.of(true, false)
                    .flatMap(
                        generated ->
                            ViewTrial.FORMATS.stream()
                                .map(format -> Arguments.of(format, adaptive, generated))));
  }

  static Stream<Arguments> all() {
    return ViewForm.ALL.stream()
        .flatMap(
            form ->
                ways().map(way -> Arguments.of(form, way.get()[0], way.get()[1], way.get()[2])));
  }

  @ParameterizedTest(name = "{0}, {1}, adaptive {2}, generated {3}")
  @MethodSource("all")
  void whatIsPublishedIsWhatTheViewHas(
      ViewForm form, String format, boolean isAdaptive, boolean isGenerated) {
    trial.compare(form, format, isAdaptive, isGenerated);
  }
}
