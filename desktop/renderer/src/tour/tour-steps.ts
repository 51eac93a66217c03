/** A stop of the first tour: a place of the screens and what to know about it. */
export interface TourStep {
  /** Path of the screen, without which the place isn't there. */
  path: string;
  /** CSS selector of what is meant; nothing is outlined when it isn't there. */
  target: string;
  /** Keys of texts. */
  title: string;
  text: string;
}

export const tourSteps: readonly TourStep[] = [
  { path: '/inbox', target: '#main', title: 'tour.inbox.title', text: 'tour.inbox.text' },
  { path: '/inbox', target: '[data-tour="scope"]', title: 'tour.scope.title', text: 'tour.scope.text' },
  { path: '/inbox', target: '[data-search-box]', title: 'tour.search.title', text: 'tour.search.text' },
  { path: '/inbox', target: '[data-tour="keys"]', title: 'tour.keys.title', text: 'tour.keys.text' },
  { path: '/inbox', target: '[data-tour="rail"]', title: 'tour.rail.title', text: 'tour.rail.text' },
];
