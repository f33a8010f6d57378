package io.paritree.docs;

import java.util.List;

/**
 * A fenced block of a page.
 *
 * @param page the page's path below the root of the sources
 * @param line the line of its first line of text, from 1
 * @param info its info string; empty if it has none
 * @param text what is between the fences, each line with its end
 */
public record Block(String page, int line, String info, String text) {

  /** Returns how it is tried; fails where the info string is none of {@link BlockKind}. */
  public BlockKind kind() {
    return BlockKind.of(info)
        .orElseThrow(
            () ->
                new AssertionError(
                    "%s: the info string '%s' says no way to try this block; expected one of %s"
                        .formatted(this, info, List.of(BlockKind.values()))));
  }

  /** Returns the page and the line. */
  @Override
  public String toString() {
    return page + ":" + line;
  }
}
