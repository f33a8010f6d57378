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
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Documents are short, so are their paragraphs, lines and cells, they begin with a sentence, and
 * their links lead somewhere.
 */
class PageFormTest {
  private static final int MAX_LINE = 100;
  private static final int MAX_CELL = 160;
  private static final int MAX_WORDS = 60;
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)|^\\[[^\\]]+\\]: (\\S+)");
  private static final Pattern ONLY_A_LINK =
      Pattern.compile(
          "\\s*([-*] )?(\\[[^\\]]*\\]\\(\\S+\\)|\\[[^\\]]+\\]: \\S+|\\w+://\\S+)[.,;]?");

  /** What changes is a list that grows with each version. */
  private static final String CHANGES = "CHANGELOG.md";

  /** Returns how many lines a document may have. */
  private static int mostLines(String name) {
    if (name.equals("README.md") || name.equals("ARCHITECTURE.md")) {
      return 150;
    } else if (name.startsWith("docs/decisions/")) {
      return 40;
    }

    boolean isPage = name.startsWith("docs/");
    boolean isToLookUp =
        name.startsWith("docs/reference/")
            || name.startsWith("docs/measurements/")
            || name.equals("docs/architecture/rooms.md");
    return isPage && !isToLookUp ? 200 : Integer.MAX_VALUE;
  }

  @ParameterizedTest
  @MethodSource("documents")
  void isShort(Page page) {
    assertThat(page.lines()).as(page.name()).hasSizeLessThanOrEqualTo(mostLines(page.name()));
  }

  @ParameterizedTest
  @MethodSource("documents")
  void linesAreShort(Page page) {
    assertThat(longLines(page)).isEmpty();
  }

  /** Returns the lines that are too long, with their places. */
  private static List<String> longLines(Page page) {
    return lines(page).stream()
        .filter(line -> line.isText() || line.isHeading())
        .filter(line -> line.text.length() > MAX_LINE && !ONLY_A_LINK.matcher(line.text).matches())
        .map(line -> "%s: %s characters".formatted(line.place, line.text.length()))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("documents")
  void paragraphsAreShort(Page page) {
    if (!page.name().equals(CHANGES)) {
      assertThat(longParagraphs(page)).isEmpty();
    }
  }

  /** Returns the paragraphs that are too long, with the places where they become so. */
  private static List<String> longParagraphs(Page page) {
    List<String> found = new ArrayList<>();
    int words = 0;
    for (Line line : lines(page)) {
      words = line.isText() && !line.isItem() && !line.text.isBlank() ? words : 0;
      words += line.isText() && !line.text.isBlank() ? line.text.strip().split("\\s+").length : 0;
      if (words > MAX_WORDS) {
        found.add("%s: the paragraph has more than %s words".formatted(line.place, MAX_WORDS));
        words = Integer.MIN_VALUE / 2; // once is enough
      }
    }

    return found;
  }

  static Stream<Page> pages() {
    return Page.all().stream();
  }

  @ParameterizedTest
  @MethodSource("pages")
  void cellsAreShort(Page page) {
    for (Line line : lines(page)) {
      if (line.isTable()) {
        for (String cell : line.text.split("(?<!\\\\)\\|")) {
          assertThat(cell.strip().length()).as(line.place).isLessThanOrEqualTo(MAX_CELL);
        }
      }
    }
  }

  /** The first thing that a reader reads is a title, and then a sentence. */
  @ParameterizedTest
  @MethodSource("documents")
  void beginsWithASentence(Page page) {
    assertThat(firstParagraph(page)).as(page.name()).matches("[^|`#-].*[.:]");
  }

  private static String firstParagraph(Page page) {
    assertThat(page.lines().get(0)).as(page.name()).startsWith("# ");
    return page.lines().stream()
        .skip(1)
        .dropWhile(String::isBlank)
        .takeWhile(line -> !line.isBlank())
        .collect(Collectors.joining(" "));
  }

  @Test
  void whatIsTooLongIsFound() {
    Page page =
        new Page(
            "docs/page.md",
            List.of(
                "# " + "x".repeat(99),
                "[a link](" + "x".repeat(100) + ")",
                "| " + "x".repeat(100) + " |",
                "```text",
                "x".repeat(101),
                "```",
                "x ".repeat(30).strip(),
                "x ".repeat(31).strip(),
                "- " + "x ".repeat(49).strip()));

    assertThat(longLines(page)).containsExactly("docs/page.md:1: 101 characters");
    assertThat(longParagraphs(page))
        .containsExactly("docs/page.md:8: the paragraph has more than 60 words");
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

    boolean isHeading() {
      return !isCode && text.startsWith("#");
    }

    boolean isItem() {
      return !isCode && text.matches("\\s*([-*]|[0-9]+\\.) .*");
    }

    /** Whether it is part of a paragraph, or blank. */
    boolean isText() {
      return !isCode && !isTable() && !isHeading();
    }
  }
}
