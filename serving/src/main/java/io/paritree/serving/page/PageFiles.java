package io.paritree.serving.page;

import io.javalin.http.Context;
import io.javalin.http.Header;
import io.paritree.Sha256;
import io.paritree.serving.answer.Answers;
import io.paritree.serving.answer.ProblemException;
import io.paritree.serving.answer.Problems;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * {@code GET /ui/}: the files of the page, which are in the server's jar. They have no data, so
 * they need no token; what they show comes from the other routes.
 *
 * <p>A file is read when it is first requested. Thread-safe.
 */
public final class PageFiles {
  /** The path below which all files of the page are. */
  public static final String ROOT = "/ui";

  private static final String START = "index.html";

  /**
   * Nothing but the page's own files and requests: no script or style within markup, no other
   * origin, no frame around it, and markup from text by lit-html alone.
   */
  static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
          + " connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none';"
          + " require-trusted-types-for 'script'; trusted-types lit-html paritree-series";

  /** Where the files of libraries are; all others are under their own names. */
  private static final Map<String, String> LIBRARIES =
      Map.of(
          "lit-html.js", "lit-html/lit-html.js",
          "uplot.js", "uplot/uPlot.iife.min.js",
          "uplot.css", "uplot/uPlot.min.css");

  private static final Map<String, String> TYPES =
      Map.of(
          "html", "text/html",
          "js", "text/javascript",
          "css", "text/css",
          "svg", "image/svg+xml");

  private final Map<String, PageFile> read = new ConcurrentHashMap<>();

  /**
   * @param tag changes with the content
   */
  private record PageFile(byte[] content, String type, String tag) {}

  /** Answers with the page itself; its links are relative, so its path must end with a slash. */
  public void page(Context ctx) {
    if (ctx.path().endsWith("/")) {
      answer(START, ctx);
    } else {
      ctx.header(Header.LOCATION, "ui/").status(308);
    }
  }

  /** Answers with the file that the path names. */
  public void file(Context ctx) {
    answer(ctx.pathParam("file"), ctx);
  }

  private void answer(String name, Context ctx) {
    PageFile file = read.get(name);
    if (file == null) {
      file = read(name);
      read.put(name, file);
    }

    ctx.header("Content-Security-Policy", POLICY);
    ctx.header("Referrer-Policy", "no-referrer");
    ctx.header("Cross-Origin-Opener-Policy", "same-origin");
    ctx.header(Header.CACHE_CONTROL, "no-cache"); // asks again, and mostly gets 304
    ctx.header(Header.ETAG, file.tag);
    if (file.tag.equals(ctx.header(Header.IF_NONE_MATCH))) {
      ctx.status(304);
      return;
    }

    Answers.type(file.type, ctx);
    ctx.result(file.content);
  }

  private static PageFile read(String name) {
    String type = TYPES.get(name.substring(name.lastIndexOf('.') + 1));
    boolean isName = name.matches("[a-z-]+\\.[a-z]+");
    String resource = LIBRARIES.getOrDefault(name, name);
    try (InputStream in =
        isName && type != null ? PageFiles.class.getResourceAsStream(resource) : null) {
      if (in == null) {
        throw new ProblemException(Problems.NOT_FOUND.of());
      }

      byte[] content = in.readAllBytes();
      return new PageFile(content, type, '"' + Sha256.hex(content) + '"');
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the page's file " + resource, e);
    }
  }
}
