/**
 * Methods of the standard libraries, of text, collections, files, dates, matches, processes: that one class of the
 * project has a method of that name too proves nothing about a receiver of unknown type.
 */
export const COMMON_METHODS: ReadonlySet<string> = new Set(
  `add all any append apply bind call catch charAt clear close concat contains copy count create delete
  emit end endsWith entries equals every execute exists exit fetch filter find findIndex finally first flat
  flatMap forEach format from get getName getValue has hashCode includes indexOf init insert isEmpty items join keys
  last length listen load log map match max min next of off on once open parse pop post print push put
  query read reduce remove replace reset resolve reverse run save search send set setValue size slice some sort
  splice split start startsWith status stop stream strip sub subscribe substring test then toArray toList toLowerCase
  toString toUpperCase trim type update use valueOf values wait warn error info debug write json render text
  appendleft capitalize casefold communicate copy critical decode difference discard encode endswith exception extend
  fileno flush format_map fromkeys getbuffer getvalue glob group groupdict groups intersection isatty isdigit isoformat
  issubset issuperset joinpath kill ljust lower lstrip mkdir move_to_end now partition poll popitem popleft qsize
  read_bytes read_text readable readline readlines relative_to removeprefix removesuffix rfind rjust rpartition rsplit
  rstrip samefile seek setdefault setLevel splitlines startswith stat strftime tell terminate timestamp title touch
  translate truncate union unlink upper with_suffix writable write_bytes write_text writelines zfill`.split(
    /\s+/,
  ),
);
