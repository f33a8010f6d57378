package io.paritree.spark.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What a run writes is open to others as far as the umask of its process says. CI has an unusual
 * umask, with which Hadoop's own, 022, would be seen.
 */
class UmaskTest extends DeltaScores {
  @Test
  void filesHaveTheModesOfTheProcesssUmask() throws Exception {
    Path output = directory.resolve("out");
    Path bad = Parcels.write(directory.resolve("in"), 0, ROWS, 20, 1);

    succeeds(JobRun.ofParcels(model, bad, output, "--lookup-index", "--max-quarantined", 1));

    assertModes(Set.of(), "/part-", "/quarantine/", "/_paritree/");
  }

  @Test
  void soHaveFilesOfATableAndItsLog() throws Exception {
    succeeds(score());
    sql("ALTER TABLE TABLE_ SET TBLPROPERTIES ('delta.checkpointInterval' = '1')");
    Set<Path> before = files();

    succeeds(score("--model", otherModel));

    assertModes(before, "/day=2024-01-01/", "_delta_log/0", ".checkpoint.");
  }

  private Set<Path> files() throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      return new HashSet<>(all.toList());
    }
  }

  private void assertModes(Set<Path> before, String... written) throws IOException {
    Set<PosixFilePermission> ofFiles = modes(Files.createFile(directory.resolve("file")));
    Set<PosixFilePermission> ofDirectories =
        modes(Files.createDirectory(directory.resolve("made")));
    Set<Path> made = new TreeSet<>(files());
    made.removeAll(before);
    made.remove(directory);

    for (String part : written) {
      assertThat(made).as(part).anyMatch(path -> path.toString().contains(part));
    }

    for (Path path : made) {
      assertThat(modes(path))
          .as(path.toString())
          .isEqualTo(Files.isDirectory(path) ? ofDirectories : ofFiles);
    }
  }

  private static Set<PosixFilePermission> modes(Path path) throws IOException {
    return Files.getPosixFilePermissions(path);
  }
}
