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

/** The value table of the documents has each row whose cases {@link ValueTableTest} runs. */
class ValuesPageTest {
  private static List<String> lines() throws IOException {
    return Files.readAllLines(Path.of(System.getProperty("paritree.root"), "docs/values.md"));
  }

  @ParameterizedTest
  @EnumSource
  void everyRowOfTheTableThatIsRunIsInThePage(ValueCase.TableRow row) throws IOException {
    assertThat(lines()).anyMatch(line -> line.startsWith("| " + row.title() + " | "));
  }

  @Test
  void everyFaultCodeIsInThePage() throws IOException {
    String page = String.join("\n", lines());

    assertThat(FaultCode.values()).allMatch(code -> page.contains("`" + code.code() + "`"));
  }
}
