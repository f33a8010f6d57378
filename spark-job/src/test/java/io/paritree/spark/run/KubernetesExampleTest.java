package io.paritree.spark.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.spark.settings.JobSettings;
import io.paritree.spark.settings.ScoreArguments;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The example for Kubernetes names the real class, jar and arguments. */
class KubernetesExampleTest {
  private static final Path FILES =
      Path.of(System.getProperty("paritree.root"), "conf", "kubernetes");

  @Test
  void argumentsAreUnderstood() throws Exception {
    JobSettings settings =
        ScoreArguments.parse(Clock.systemUTC(), arguments().toArray(String[]::new)).orElseThrow();

    assertThat(settings.mode()).isEqualTo(JobSettings.Mode.SCORE);
    assertThat(settings.columns().keys()).containsExactly("loan_id");
  }

  @Test
  void classAndJarAreThoseOfTheImage() throws Exception {
    String docker = Files.readString(FILES.resolve("job.Dockerfile"));

    assertThat(spec().get("mainClass")).isEqualTo(ScoreMain.class.getName());
    assertThat(spec().get("mainApplicationFile"))
        .isEqualTo("local:///opt/paritree/spark-job/paritree-spark-job.jar");
    assertThat(docker).contains("/spark-job/ /opt/paritree/spark-job/\n");
    assertThat(docker).contains("FROM apache/spark:" + spec().get("sparkVersion") + "\n");
  }

  @Test
  void commandInTheCommentIsTheSameRun() throws Exception {
    String comment =
        Files.readString(FILES.resolve("job.yaml"))
            .lines()
            .takeWhile(line -> line.startsWith("#"))
            .map(line -> line.substring(1).replace("\\", "").strip())
            .reduce("", (all, line) -> all + " " + line);

    assertThat(comment)
        .contains("--class " + ScoreMain.class.getName())
        .endsWith(spec().get("mainApplicationFile") + " " + String.join(" ", arguments()));
  }

  @SuppressWarnings("unchecked")
  private static List<String> arguments() throws Exception {
    return (List<String>) spec().get("arguments");
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> spec() throws Exception {
    Object resource =
        new Load(LoadSettings.builder().build())
            .loadFromString(Files.readString(FILES.resolve("job.yaml")));
    return (Map<String, Object>) ((Map<String, Object>) resource).get("spec");
  }
}
