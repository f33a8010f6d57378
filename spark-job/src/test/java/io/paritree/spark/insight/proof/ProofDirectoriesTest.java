package io.paritree.spark.insight.proof;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Files that a proof cannot delete are reported, which never takes the place of its result. */
class ProofDirectoriesTest {
  private final ByteArrayOutputStream said = new ByteArrayOutputStream();
  private final PrintStream err = new PrintStream(said, true, StandardCharsets.UTF_8);

  @Test
  void recordsAreDeletedAndTheResultStandsIfTablesCannotBeDeleted() throws Exception {
    ProofDirectories left;
    String result;
    try (ProofDirectories directories =
        new ProofDirectories("gone-store://bucket/scratch", Map.of(), err)) {
      left = directories;
      Files.writeString(directories.local().resolve("records"), "a user's row");
      result = directories.tables().toString();
    }

    assertThat(left.local()).doesNotExist();
    assertThat(said.toString(StandardCharsets.UTF_8))
        .startsWith("Cannot delete " + result + ": ")
        .contains("delete it by hand")
        .hasLineCount(1);
  }

  @Test
  void nothingIsSaidOfWhatIsDeleted() throws Exception {
    ProofDirectories directories = new ProofDirectories("", Map.of(), err);
    Files.writeString(directories.local().resolve("records"), "a user's row");
    directories.tables();

    directories.close();

    assertThat(directories.local()).doesNotExist();
    assertThat(said.size()).isZero();
  }
}
