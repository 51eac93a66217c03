/** The questions of the speed table, as parameters of `/api/v1/search`. */
export interface Question {
  name: string;
  /** SIGNATURE stands for a frequent one, quoted; GROUP for the same without quotes. */
  search: string;
}

const dayLength = 86_400_000;

export function questions(days: number, end: number): Question[] {
  const dates = (span: number, before = 0): string => {
    const date = (ago: number) => new Date(end - ago * dayLength).toISOString();
    return `from=${date(span + before)}&to=${date(before)}`;
  };
  const search = (parameters: string, q = '', more = ''): string => `${parameters}&q=${encodeURIComponent(q)}${more}`;
  return [
    {
      name: '2 filters, 30 days, 3 facets, daily histogram by product, 100 rows',
      search: search(
        dates(30),
        'release_channel:release process_type:(parent, content)',
        `&facets=signature:50,version:50,os_name:50,${encodeURIComponent('histogram(submitted_timestamp:day)>product:10')}`,
      ),
    },
    {
      name: 'contains on signature, 30 days, 1 facet',
      search: search(dates(30), 'signature:~"Surface"', '&facets=signature:50&limit=50'),
    },
    {
      name: 'regular expression on signature, 30 days',
      search: search(dates(30), 'signature:@".*(Surface|Decode)[0-9a-z]+1"', '&limit=50'),
    },
    {
      name: `${days} days, no filter, 5 facets, one nested`,
      search: search(
        dates(days),
        '',
        `&facets=${encodeURIComponent('signature:50>os_name:50,product:50,version:50,process_type:50,reason:50')}&limit=50`,
      ),
    },
    {
      name: 'one signature, 30 days',
      search: `${dates(30)}&q=${encodeURIComponent('signature:=')}SIGNATURE&facets=version:50&limit=50`,
    },
    {
      name: 'top crashers of 7 days',
      search: search(
        dates(7),
        '',
        `&facets=${encodeURIComponent('signature:100>os_name:10,signature:100>cardinality(install)')}&limit=0`,
      ),
    },
    {
      name: 'signatures of the 7 days before',
      search: search(dates(7, 7), '', '&facets=signature:10000&limit=0'),
    },
    { name: 'top crashers of 7 days with change, as the screen asks', search: `topcrashers?${dates(7)}&limit=100` },
    {
      name: 'correlations of one group of 30 days against the rest',
      search: `correlations?${dates(30)}&signature=GROUP`,
    },
    { name: 'inbox of 14 days, 100 groups', search: `groups?${dates(14)}&limit=100` },
    { name: 'suggestions for a word that has begun', search: 'fields/signature/values?prefix=surf&limit=10' },
  ];
}
