package io.paritree.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Pages are short, so are their paragraphs, lines and cells, and their links lead somewhere. */
class PageFormTest {
  private static final int MAX_LINES = 200;
  private static final int MAX_README_LINES = 150;
  private static final int MAX_LINE = 100;
  private static final int MAX_CELL = 160;
  private static final int MAX_WORDS = 60;
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)|^\\[[^\\]]+\\]: (\\S+)");

  static Stream<Page> pages() {
    return Page.all().stream();
  }

  @ParameterizedTest
  @MethodSource("pages")
  void isShort(Page page) {
    if (!page.name().startsWith("docs/reference/")) {
      int most = page.name().equals("README.md") ? MAX_README_LINES : MAX_LINES;
      assertThat(page.lines()).as(page.name()).hasSizeLessThanOrEqualTo(most);
    }
  }

  @ParameterizedTest
  @MethodSource("pages")
  void linesCellsAndParagraphsAreShort(Page page) {
    int words = 0;
    for (Line line : lines(page)) {
      if (line.isTable()) {
        for (String cell : line.text.split("(?<!\\\\)\\|")) {
          assertThat(cell.strip().length()).as(line.place).isLessThanOrEqualTo(MAX_CELL);
        }
      } else if (!line.isCode) {
        assertThat(line.text.length()).as(line.place).isLessThanOrEqualTo(MAX_LINE);
      }

      boolean isText = !line.isCode && !line.isTable() && !line.text.startsWith("#");
      boolean isItem = line.text.matches("\\s*([-*]|[0-9]+\\.) .*");
      words = isItem || !isText ? 0 : words;
      words = isText && !line.text.isBlank() ? words + line.text.strip().split("\\s+").length : 0;
      assertThat(words)
          .as("words of the paragraph that ends at %s", line.place)
          .isLessThanOrEqualTo(MAX_WORDS);
    }
  }

  /** All documents, also those for people who change the code. */
  static Stream<Page> documents() throws IOException {
    List<Path> files = new ArrayList<>();
    try (Stream<Path> root = Files.list(Page.ROOT);
        Stream<Path> docs = Files.walk(Page.ROOT.resolve("docs"))) {
      Stream.concat(root, docs).filter(file -> file.toString().endsWith(".md")).forEach(files::add);
    }

    return files.stream().sorted().map(file -> Page.of(Page.ROOT.relativize(file).toString()));
  }

  @ParameterizedTest
  @MethodSource("documents")
  void linksLeadSomewhere(Page page) throws IOException {
    Path directory = Page.ROOT.resolve(page.name()).getParent();
    for (Line line : lines(page)) {
      Matcher link = LINK.matcher(line.isCode ? "" : line.text);
      while (link.find()) {
        String target = link.group(1) == null ? link.group(2) : link.group(1);
        if (!target.matches("[a-z]+:.*")) {
          String[] pathAndAnchor = (target + " ").split("#", 2);
          Path file =
              target.startsWith("#")
                  ? Page.ROOT.resolve(page.name())
                  : directory.resolve(pathAndAnchor[0].strip());
          assertThat(file).as("%s links to %s", line.place, target).exists();
          if (pathAndAnchor.length == 2) {
            assertThat(anchors(file)).as(line.place).contains(pathAndAnchor[1].strip());
          }
        }
      }
    }
  }

  /** Returns the anchors of a page's headings, as GitHub makes them. */
  private static Set<String> anchors(Path file) throws IOException {
    Set<String> anchors = new HashSet<>();
    for (String line : Files.readAllLines(file)) {
      if (line.startsWith("#")) {
        anchors.add(
            line.replaceFirst("^#+ ", "")
                .toLowerCase(Locale.ROOT)
                .replaceAll("\\[([^\\]]*)\\]\\([^)]*\\)", "$1")
                .replaceAll("[^\\p{L}\\p{N} _-]", "")
                .replace(' ', '-'));
      }
    }

    return anchors;
  }

  private static List<Line> lines(Page page) {
    List<Line> lines = new ArrayList<>();
    boolean isCode = false;
    for (int index = 0; index < page.lines().size(); index++) {
      String text = page.lines().get(index);
      boolean isFence = text.startsWith("```");
      lines.add(new Line(page.name() + ":" + (index + 1), text, isCode || isFence));
      isCode ^= isFence;
    }

    return lines;
  }

  /** A line of a page; a fence is code. */
  private record Line(String place, String text, boolean isCode) {
    boolean isTable() {
      return !isCode && text.startsWith("|");
    }
  }
}
