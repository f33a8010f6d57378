package io.paritree.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * A page for users: README.md, {@code docs/*.md} and {@code docs/reference/*.md}.
 *
 * @param name its path below the root of the sources
 * @param lines its lines
 */
public record Page(String name, List<String> lines) {
  /** The root of the sources. */
  public static final Path ROOT = Path.of(System.getProperty("paritree.root", ".."));

  private static final String FENCE = "```";

  public Page {
    lines = List.copyOf(lines);
  }

  /** Returns the pages that have such a block. */
  public static Stream<Page> with(Predicate<Block> block) {
    return all().stream().filter(page -> page.blocks().stream().anyMatch(block));
  }

  /** Returns README.md, then the other pages by their names. */
  public static List<Page> all() {
    List<Path> files = new ArrayList<>(List.of(ROOT.resolve("README.md")));
    for (String directory : List.of("docs", "docs/reference")) {
      try (Stream<Path> listed = Files.list(ROOT.resolve(directory))) {
        listed.filter(file -> file.toString().endsWith(".md")).sorted().forEach(files::add);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    return files.stream().map(file -> of(ROOT.relativize(file).toString())).toList();
  }

  /** Returns one page. */
  public static Page of(String name) {
    try {
      return new Page(name, Files.readAllLines(ROOT.resolve(name)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the blocks of all pages that are of one of these kinds, in their order. */
  public static Stream<Block> blocks(BlockKind... kinds) {
    return all().stream()
        .flatMap(page -> page.blocks().stream())
        .filter(block -> List.of(kinds).contains(block.kind()));
  }

  /** Returns the first block of a kind in any page that has a text. */
  public static Block blockWith(BlockKind kind, String text) {
    return blocks(kind)
        .filter(block -> block.text().contains(text))
        .findFirst()
        .orElseThrow(
            () ->
                new AssertionError(
                    "No page has a block '%s' with %s".formatted(kind.info(), text)));
  }

  /**
   * Returns the block that is tried to have a text; with {@code -Ddocs.write=true} it gets that
   * text before.
   *
   * @param number its number among the blocks of the page, from 0
   */
  public static Block made(String name, int number, String text) {
    Page page = of(name);
    Block block = page.blocks().get(number);
    if (!Boolean.getBoolean("docs.write")) {
      return block;
    }

    List<String> changed = new ArrayList<>(page.lines.subList(0, block.line() - 1));
    changed.addAll(text.lines().toList());
    int end = block.line() - 1 + (int) block.text().lines().count();
    changed.addAll(page.lines.subList(end, page.lines.size()));
    try {
      Files.write(ROOT.resolve(name), changed);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }

    return of(name).blocks().get(number);
  }

  /** Returns the whole text. */
  public String text() {
    return String.join("\n", lines);
  }

  /** Returns the fenced blocks in their order. */
  public List<Block> blocks() {
    List<Block> blocks = new ArrayList<>();
    StringBuilder text = null;
    String info = "";
    int begin = 0;
    for (int index = 0; index < lines.size(); index++) {
      String line = lines.get(index);
      if (text == null && line.startsWith(FENCE)) {
        info = line.substring(FENCE.length()).strip();
        text = new StringBuilder();
        begin = index + 2;
      } else if (text != null && line.startsWith(FENCE)) {
        blocks.add(new Block(name, begin, info, text.toString()));
        text = null;
      } else if (text != null) {
        text.append(line).append('\n');
      }
    }

    if (text != null) {
      throw new AssertionError("%s:%s: this block does not end".formatted(name, begin));
    }

    return blocks;
  }

  @Override
  public String toString() {
    return name;
  }
}
