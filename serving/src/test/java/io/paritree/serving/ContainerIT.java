package io.paritree.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.model.TestPackages;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What {@code conf/kubernetes/server.Dockerfile} puts into the image is a server. The image itself
 * cannot be built here; {@link ImageFiles} puts its files below a directory.
 */
class ContainerIT {
  private static final Path ROOT = Path.of(System.getProperty("paritree.root"));

  @TempDir Path directory;

  @Test
  @Tag("release")
  void filesOfTheImageServeTheConfigurationOfTheDeployment() throws Exception {
    Path docker = ROOT.resolve("conf/kubernetes/server.Dockerfile");
    ImageFiles image = ImageFiles.of(docker, ROOT, directory);
    Path model = new TestPackages(directory.resolve("store")).binary();
    Path configuration = directory.resolve("serving.conf");
    Files.writeString(configuration, KubernetesFilesTest.configuration());
    String[] arguments = {
      "--conf",
      configuration.toString(),
      "--model",
      model.toString(),
      "--set",
      "server.host=127.0.0.1",
      "--set",
      "management.host=127.0.0.1",
      "--set",
      "server.drain-delay=0 s",
      "--set",
      "log.format=text"
    };
    try (ServeRun run =
            new ServeRun(image.file(image.entryPoint()), directory, Map.of(), arguments);
        Client client = new Client(run.port());
        Client management = new Client(run.managementPort())) {
      assertThat(management.get("/health/ready").status()).isEqualTo(200);
      assertThat(client.post("/v1/models/parcel-late/score", "{}").status()).isEqualTo(401);
      run.process().destroy();
      assertThat(run.process().waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(run.process().exitValue()).isZero();
    }
  }

  @Test
  void imagesRunAsAUserThatIsNotRoot() throws Exception {
    for (String file : List.of("server.Dockerfile", "job.Dockerfile")) {
      String docker = Files.readString(ROOT.resolve("conf/kubernetes").resolve(file));
      Matcher users = Pattern.compile("(?m)^USER (\\S+)$").matcher(docker);
      String last = users.results().map(user -> user.group(1)).reduce((a, b) -> b).orElseThrow();

      assertThat(last).matches("[1-9][0-9]*(:[1-9][0-9]*)?");
    }
  }
}
