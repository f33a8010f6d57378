package io.paritree.record;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.FaultCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The README's value table has each row whose cases {@link ValueTableTest} runs. */
class ReadmeTest {
  private static List<String> lines() throws IOException {
    return Files.readAllLines(Path.of(System.getProperty("paritree.root"), "README.md"));
  }

  @ParameterizedTest
  @EnumSource
  void everyRowOfTheTableThatIsRunIsInTheReadme(ValueCase.TableRow row) throws IOException {
    assertThat(lines()).anyMatch(line -> line.startsWith("| " + row.title() + " | "));
  }

  @Test
  void everyFaultCodeIsInTheReadme() throws IOException {
    String readme = String.join("\n", lines());

    assertThat(FaultCode.values()).allMatch(code -> readme.contains("`" + code.code() + "`"));
  }
}
