package io.paritree.spark;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Views that depend on the format of tables, over the formats over which {@link ViewInputTest} does
 * not try them, with or without adaptive plans and generated code by turns; with {@code
 * -Dviews.all=true} each form of view over each format in all four ways, which takes some minutes.
 */
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
  @MethodSource("ways")
  void whatIsPublishedIsWhatTheViewHas(
      ViewForm form, String format, boolean isAdaptive, boolean isGenerated) {
    trial.compare(form, format, isAdaptive, isGenerated);
  }
}
