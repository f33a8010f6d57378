package io.paritree;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.jar.JarFile;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;

/** One of the three artifacts, as the build staged it for a repository. */
public final class PublishedArtifact {
  /**
   * {@code scripts/test} passes over the plugin that makes the SBOM, and Maven does if it may not
   * use the network.
   */
  private static final boolean SBOM_IS_MADE =
      !Boolean.getBoolean("maven.offline") && !Boolean.getBoolean("cyclonedx.skip");

  private static final Pattern PACKAGE_URL =
      Pattern.compile("\"purl\" : \"pkg:maven/[^/\"]+/([^@\"]+)@([^?\"]+)");

  private final String name;
  private final Path directory;
  private final Path jar;

  private PublishedArtifact(String name, Path directory, Path jar) {
    this.name = name;
    this.directory = directory;
    this.jar = jar;
  }

  /**
   * Finds an artifact.
   *
   * @param module the module's directory under the root
   */
  public static PublishedArtifact of(String module, String name) throws IOException {
    Path staged = root().resolve(module).resolve("target/staged/io/paritree").resolve(name);
    try (Stream<Path> files = Files.walk(staged)) {
      Pattern main = Pattern.compile(Pattern.quote(name) + "-[0-9][0-9.]*\\.jar");
      Path jar =
          files
              .filter(file -> main.matcher(file.getFileName().toString()).matches())
              .max(Path::compareTo)
              .orElseThrow();
      return new PublishedArtifact(name, jar.getParent(), jar);
    }
  }

  private static Path root() {
    return Path.of(System.getProperty("paritree.root"));
  }

  /** Returns the directory that a repository of its file layout starts with. */
  public Path repository() {
    return directory.getParent().getParent().getParent().getParent();
  }

  public Path jar() {
    return jar;
  }

  public String version() {
    return directory.getFileName().toString();
  }

  /** Returns the text of an entry of the jar. */
  public String entry(String entry) throws IOException {
    return entry(jar, entry);
  }

  private static String entry(Path jar, String entry) throws IOException {
    try (JarFile file = new JarFile(jar.toFile())) {
      ZipEntry found = file.getEntry(entry);
      assertThat(found).as(entry + " in " + jar).isNotNull();
      return new String(file.getInputStream(found).readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  public boolean hasSbom() {
    return SBOM_IS_MADE;
  }

  /** Returns the components of the SBOM, each as {@code name-version}. */
  public Set<String> components() throws IOException {
    return components(entry("META-INF/sbom/bom.json"));
  }

  private Set<String> components(String sbom) {
    Set<String> all =
        PACKAGE_URL
            .matcher(sbom)
            .results()
            .map((MatchResult found) -> found.group(1) + "-" + found.group(2))
            .collect(Collectors.toSet());
    assertThat(all.remove(name + "-" + version())).as("describes " + name).isTrue();
    return all;
  }

  /**
   * Asserts what a repository such as Maven Central asks for, and what a user's legal department
   * does: each jar has the licence, the main jar the list of others' licences and the SBOM.
   */
  public void assertComplete() throws IOException {
    String license = Files.readString(root().resolve("LICENSE"));
    String notice = Files.readString(root().resolve("NOTICE"));
    for (String suffix : List.of(".jar", "-sources.jar", "-javadoc.jar")) {
      Path file = file(suffix);
      assertThat(entry(file, "META-INF/LICENSE")).isEqualTo(license);
      assertThat(entry(file, "META-INF/NOTICE")).isEqualTo(notice);
    }

    assertThat(entry("META-INF/THIRD-PARTY.txt")).contains("third-party");
    assertThat(entry("META-INF/MANIFEST.MF")).contains("Automatic-Module-Name: io.paritree.");
    if (hasSbom()) {
      assertThat(entry("META-INF/sbom/bom.json"))
          .contains("\"bomFormat\" : \"CycloneDX\"")
          .isEqualTo(Files.readString(file("-cyclonedx.json")));
    }

    assertThat(Files.readString(file(".pom")))
        .doesNotContain("<parent>", "<scope>test</scope>")
        .contains("<name>", "<description>", "<url>", "<licenses>", "<developers>", "<scm");
  }

  private Path file(String suffix) {
    return directory.resolve(name + "-" + version() + suffix);
  }
}
