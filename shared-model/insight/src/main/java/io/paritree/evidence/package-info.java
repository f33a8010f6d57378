/**
 * What an alias moves by: documents about two packages, and whether they show what is required.
 *
 * <p>Knows the form of the documents, and that each is the digest's that it ends with. Knows
 * neither how they are made nor how an alias moves.
 */
package io.paritree.evidence;
