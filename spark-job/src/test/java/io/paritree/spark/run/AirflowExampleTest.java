package io.paritree.spark.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.spark.report.UsageException;
import io.paritree.spark.settings.JobSettings;
import io.paritree.spark.settings.ScoreArguments;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The arguments of the Airflow example are valid for the real command. */
class AirflowExampleTest {
  private static final Path EXAMPLE =
      Path.of(System.getProperty("paritree.root"), "conf", "airflow", "score_flights.py");

  @Test
  void argumentsAreUnderstood() throws IOException, UsageException {
    JobSettings settings =
        ScoreArguments.parse(Clock.systemUTC(), arguments().toArray(String[]::new)).orElseThrow();

    assertThat(settings.mode()).isEqualTo(JobSettings.Mode.SCORE);
    assertThat(settings.columns().keys()).containsExactly("flight_id");
    assertThat(settings.input().partitions().range()).isPresent();
    assertThat(settings.runId()).isEqualTo("flights-2026-01-02-1");
  }

  @Test
  void mainClassIsTheJobs() throws IOException {
    assertThat(Files.readString(EXAMPLE))
        .contains("java_class=\"%s\"".formatted(ScoreMain.class.getName()));
  }

  /** Returns the arguments as Airflow would render them for one day. */
  private static List<String> arguments() throws IOException {
    String text = Files.readString(EXAMPLE);
    String list =
        text.substring(text.indexOf("# begin arguments"), text.indexOf("# end arguments"));
    List<String> arguments = new ArrayList<>();
    Matcher quoted = Pattern.compile("\"([^\"]*)\"").matcher(list);
    while (quoted.find()) {
      arguments.add(
          quoted.group(1).replace("{{ ds }}", "2026-01-02").replace("{{ ti.try_number }}", "1"));
    }

    assertThat(arguments).hasSizeGreaterThan(10).noneMatch(argument -> argument.contains("{"));
    return arguments;
  }
}
