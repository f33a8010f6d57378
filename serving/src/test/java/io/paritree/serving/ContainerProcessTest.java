package io.paritree.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.model.TestPackages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What {@code conf/kubernetes/server.Dockerfile} puts into the image is a server. The image itself
 * cannot be built here; its files are copied to where the instructions say, below a directory.
 */
class ContainerProcessTest {
  private static final Path ROOT = Path.of(System.getProperty("paritree.root"));
  private static final Pattern COPY = Pattern.compile("(?m)^COPY (.+) (/\\S+)$");

  @TempDir Path directory;

  @Test
  void filesOfTheImageServeTheConfigurationOfTheDeployment() throws Exception {
    String docker = Files.readString(ROOT.resolve("conf/kubernetes/server.Dockerfile"));
    Path image = Files.createDirectory(directory.resolve("image"));
    copy(docker, image);
    String entry = only(docker, "ENTRYPOINT \\[\"/(.+)\"\\]");
    Path model = new TestPackages(directory.resolve("store")).binary();
    Path configuration = directory.resolve("serving.conf");
    Files.writeString(configuration, KubernetesFilesTest.configuration());

    Map<String, String> environment =
        Map.of("PARITREE_BUILT", only(docker, "ENV PARITREE_BUILT=(.+)"));
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
    try (ServeRun run = new ServeRun(image.resolve(entry), directory, environment, arguments);
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

  private static void copy(String docker, Path image) throws IOException {
    Matcher instructions = COPY.matcher(docker);
    int count = 0;
    while (instructions.find()) {
      Path target = image.resolve(instructions.group(2).substring(1));
      for (String source : instructions.group(1).split(" ")) {
        Path from = ROOT.resolve(source);
        boolean intoDirectory = instructions.group(2).endsWith("/");
        copyTree(from, intoDirectory ? target.resolve(from.getFileName()) : target);
        count++;
      }
    }

    assertThat(count).isGreaterThan(5);
  }

  private static void copyTree(Path from, Path to) throws IOException {
    try (Stream<Path> paths = Files.walk(from)) {
      for (Path path : (Iterable<Path>) paths::iterator) {
        Path target = to.resolve(from.relativize(path).toString());
        Files.createDirectories(target.getParent());
        if (!Files.isDirectory(path)) {
          Files.copy(path, target, StandardCopyOption.COPY_ATTRIBUTES);
        }
      }
    }
  }

  private static String only(String text, String pattern) {
    Matcher found = Pattern.compile("(?m)^" + pattern + "$").matcher(text);
    assertThat(found.find()).as(pattern).isTrue();
    return found.group(1);
  }
}
