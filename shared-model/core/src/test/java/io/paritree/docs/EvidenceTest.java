package io.paritree.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.architecture.SourceTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the pages name as the proof of a promise is there: commands with their options, tests. */
class EvidenceTest {
  private static final Pattern COMMAND = Pattern.compile("`(scripts/[a-z]+)( [^`]*)?`");
  private static final Pattern TRIALS =
      Pattern.compile("(?m)^# +scripts/faults (job(?: --[a-z0-9]+)?|http [a-z|]+|model)");
  private static final Pattern TEST = Pattern.compile("`([A-Z][A-Za-z0-9]+(?:Test|IT))`");

  @Test
  void eachCommandOfATableHasItsScriptWithItsWordsAndOptions() throws IOException {
    List<MatchResult> commands =
        Page.of("docs/architecture/promises.md").lines().stream()
            .filter(line -> line.startsWith("|"))
            .flatMap(line -> COMMAND.matcher(line).results())
            .toList();

    assertThat(commands).hasSizeGreaterThan(20);
    for (MatchResult command : commands) {
      Path script = Page.ROOT.resolve(command.group(1));
      assertThat(script).isExecutable();
      String words = command.group(2) == null ? "" : command.group(2).strip();
      if (!command.group(1).equals("scripts/model")) { // whose options the parser knows
        String text = Files.readString(script);
        Stream.of(words.split(" "))
            .filter(word -> word.matches("(--)?[a-z0-9-]*[a-z]"))
            .forEach(word -> assertThat(text).as(command.group()).contains(word));
      }
    }
  }

  @Test
  void eachTrialRunsEveryNight() throws IOException {
    String usage = Files.readString(Page.ROOT.resolve("scripts/faults"));
    String nightly = Files.readString(Page.ROOT.resolve(".github/workflows/nightly.yml"));
    List<String> trials =
        TRIALS
            .matcher(usage)
            .results()
            .map(found -> found.group(1))
            .flatMap(trial -> Stream.of(trial.replaceFirst("^http ", "").split("\\|")))
            .map(trial -> trial.matches("job.*|model") ? trial : "http " + trial)
            .toList();

    assertThat(trials).hasSizeGreaterThan(13).contains("job --executors", "http soak", "model");
    for (String trial : trials) {
      assertThat(nightly).contains("scripts/faults " + trial);
    }

    assertThat(nightly).contains("scripts/compat", "-Plong", "-Pclusters,release,nightly");
  }

  @Test
  void eachTestThatAPageNamesIsThere() throws IOException {
    Set<String> tests = tests();
    for (Page page : Page.all()) {
      TEST.matcher(page.text())
          .results()
          .map(found -> found.group(1))
          .forEach(test -> assertThat(tests).as(page.name()).contains(test));
    }
  }

  private static Set<String> tests() throws IOException {
    Set<String> tests = new HashSet<>();
    for (Path module : SourceTree.modules(Page.ROOT)) {
      try (Stream<Path> files = Files.walk(module.resolve("src/test"))) {
        files.forEach(file -> tests.add(file.getFileName().toString().replace(".java", "")));
      }
    }

    return tests;
  }
}
