package io.paritree.serving.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** In a JVM to which a name server says of each name that it has an address. */
class ForwardedAddressTest {
  private static final List<String> NAMES =
      List.of("999.1.1.1", "256.0.0.1", "01.2.3.4", "dead.beef", "[dead.beef]", "[999.1.1.1]:80");

  private static final List<String> ADDRESSES =
      List.of(
          "10.1.2.3", "255.255.255.255:80", "[2001:db8::1]:443", "2001:db8::1", "::ffff:1.2.3.4");

  @TempDir Path directory;

  /** What the other JVM runs. */
  static final class Main {
    public static void main(String[] texts) {
      for (String text : texts) {
        System.out.println(text + " " + Callers.address(text).isPresent());
      }
    }
  }

  @Test
  void onlyAddressesAreReadAndNoNameIsLookedUp() throws Exception {
    Path hosts = directory.resolve("hosts");
    String names =
        NAMES.stream()
            .map(name -> name.replaceAll("[\\[\\]]|:80", ""))
            .map("10.9.9.9 %s\n"::formatted)
            .collect(Collectors.joining());
    Files.writeString(hosts, names);

    assertThat(answers(hosts, NAMES))
        .hasSize(NAMES.size())
        .allMatch(line -> line.endsWith("false"));
    assertThat(answers(hosts, ADDRESSES))
        .hasSize(ADDRESSES.size())
        .allMatch(line -> line.endsWith("true"));
  }

  private static List<String> answers(Path hosts, List<String> texts) throws Exception {
    ProcessBuilder program =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Djdk.net.hosts.file=" + hosts,
            "-cp",
            System.getProperty("java.class.path"),
            Main.class.getName());
    program.command().addAll(texts);
    Process process = program.redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();
    return out.lines().toList();
  }
}
