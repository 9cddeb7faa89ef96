/* What goes on, told by the server that the page came from. Texts go in as texts, never as markup. */
;(() => {
  const block = document.getElementById('view')
  if (!block) return
  const {rollout, may} = JSON.parse(block.textContent)
  const $ = id => document.getElementById(id)
  const steps = JSON.parse($('plan')?.textContent ?? '{"steps":[]}').steps
  /* In the order in which they deserve a look. */
  const MOODS = ['failed', 'returning', 'waiting', 'running', 'done', 'pending']
  const WORDS = {failed: 'failed', returning: 'taken back', waiting: 'waiting', running: 'under way', done: 'done'}
  const MOST_SHOWN = 24
  const make = (tag, className, ...children) => {
    const element = document.createElement(tag)
    if (className) element.className = className
    element.append(...children)
    return element
  }

  /* Time. The clock of the server may be another than the one here. */

  let ahead = 0
  const leftOf = until => {
    const ms = until - (Date.now() + ahead)
    if (ms <= 0) return 'held long enough; its checks are not sure yet'
    const seconds = Math.ceil(ms / 1000)
    return seconds < 90 ? `${seconds} s left` : `${Math.ceil(seconds / 60)} min left`
  }
  const tick = () => {
    for (const element of document.querySelectorAll('[data-until]')) {
      element.textContent = leftOf(Number(element.dataset.until))
    }
  }
  setInterval(tick, 1000)

  /* One step. */

  /* A bar for the share that was asked, and a line in it for the one that was measured. */
  const bar = step => {
    const whole = make('span', 'share')
    const asked = make('span', 'share-asked')
    asked.style.setProperty('width', `${step.asked}%`)
    whole.append(asked)
    const words = [`${step.asked} % asked`]
    if (step.measured !== undefined) {
      const mark = make('span', 'share-measured')
      mark.style.setProperty('left', `${Math.min(100, step.measured)}%`)
      whole.append(mark)
      words.push(`${step.measured} % measured`)
    }
    whole.setAttribute('role', 'img')
    whole.setAttribute('aria-label', words.join(', '))
    return [whole, make('span', 'share-words', words.join(', '))]
  }

  const moves = ({mood, asked}) => (mood === 'running' || mood === 'returning') && asked > 0

  const left = until => {
    const element = make('span', 'faint', leftOf(until))
    element.dataset.until = until
    return element
  }

  const line = step => {
    const checks = step.checks.map(check => {
      const item = make('li', `check is-${check.verdict}`, make('strong', '', check.name), ` ${check.verdict}`)
      item.title = check.text
      return item
    })
    const head = make('div', 'now-line', make('strong', '', step.id), ' ', step.doing, ' ')
    if (step.until !== undefined) head.append(left(step.until))
    if (step.mood === 'waiting' && may.includes('approve')) head.append(button('approve', 'Approve', step.id))
    return make(
      'li',
      `now-step is-${step.mood}`,
      head,
      ...(moves(step) ? [make('div', 'now-share', ...bar(step))] : []),
      ...step.why.map(text => make('p', 'now-why', text)),
      ...(checks.length > 0 ? [make('ul', 'checks', ...checks)] : []),
    )
  }

  /* All steps: what was heard of each, and its line where it has one. Only what has changed is made anew. */

  const heard = new Map()
  const lines = new Map()
  const elements = []
  for (const element of document.querySelectorAll('#canvas [data-step]')) elements[element.dataset.step] = element
  const indexOf = new Map(steps.map((step, index) => [step.id, index]))

  const take = list => {
    for (const step of list) {
      heard.set(step.id, step)
      lines.delete(step.id)
      const element = elements[indexOf.get(step.id)]
      for (const mood of MOODS) element?.classList.toggle(`now-${mood}`, mood === step.mood)
    }
  }

  const lineFor = step => {
    if (!lines.has(step.id)) lines.set(step.id, line(step))
    return lines.get(step.id)
  }

  const byMood = list => new Map(MOODS.map(mood => [mood, list.filter(step => step.mood === mood)]))
  const counted = moods =>
    ['done', 'running', 'waiting', 'returning', 'failed']
      .filter(mood => moods.get(mood).length > 0)
      .map(mood => `${moods.get(mood).length} ${WORDS[mood]}`)
      .join(', ')

  const showSteps = () => {
    const all = [...heard.values()]
    const moods = byMood(all)
    const open = ['failed', 'returning', 'waiting', 'running'].flatMap(mood => moods.get(mood))
    const shown = open.slice(0, MOST_SHOWN)
    const wanted = shown.map(lineFor)
    const list = $('now-steps')
    for (const [at, element] of wanted.entries()) {
      if (list.children[at] !== element) list.insertBefore(element, list.children[at] ?? null)
    }
    while (list.children.length > wanted.length) list.lastChild.remove()
    const words = counted(moods)
    $('now-count').textContent = `${all.length} steps: ${words === '' ? 'none has begun' : words}`
    $('now-more').textContent = open.length > shown.length ? `and ${open.length - shown.length} more` : ''
    const parts = ['done', 'running', 'waiting', 'returning', 'failed'].map(mood => {
      const part = make('span', `is-${mood}`)
      part.style.setProperty('width', `${(100 * moods.get(mood).length) / Math.max(1, all.length)}%`)
      return part
    })
    $('now-progress').replaceChildren(...parts)
    for (const wave of document.querySelectorAll('#canvas details.wave')) {
      const number = Number(wave.dataset.wave)
      const inWave = all.filter(step => steps[indexOf.get(step.id)]?.wave === number)
      wave.querySelector('.now-tally').textContent = counted(byMood(inWave))
    }
  }

  /* What changes nothing in this state. */
  const POINTLESS = {pause: 'paused', resume: 'running'}

  const notice = (text, kind) => {
    const element = $('now-error')
    element.hidden = text === undefined
    element.textContent = text ?? ''
    element.className = `notice ${kind}`
  }

  /* How the rollout stands, and how it stood when it was last asked for something: an answer is of that moment. */
  let standing = ''
  let answeredAt = ''

  const show = said => {
    if (said.is === 'idle') {
      if (rollout === null) $('live').hidden = true
      return
    }
    /* A rollout began that this page was not made for. */
    if (said.is === 'rollout' && said.id !== rollout) return location.reload()
    $('live').hidden = false
    if (said.is === 'unknown') {
      notice(said.why, 'is-bad')
      return
    }
    ahead = said.at - Date.now()
    $('now-title').textContent = `Rollout ${said.id}`
    $('now-state').textContent = said.state
    $('now-state').className = `badge is-${said.state}`
    const ended = ['succeeded', 'failed', 'aborted'].includes(said.state)
    $('now-by').textContent = said.by !== undefined ? `by ${said.by}` : ended ? '' : 'nobody carries it out just now'
    /* Who waits has done nothing wrong. */
    notice(said.error, ['waiting', 'paused'].includes(said.state) ? 'is-gate' : 'is-bad')
    standing = `${said.id} ${said.state} ${said.by ?? ''}`
    if (answeredAt !== '' && answeredAt !== standing) {
      $('now-answer').textContent = answeredAt = ''
    }
    take(said.steps)
    showSteps()
    $('now-said').replaceChildren(
      ...said.said.map(({at, text}) => make('li', '', make('time', 'faint', at.slice(11, 19)), ' ', text)),
    )
    for (const element of document.querySelectorAll('[data-deed]')) {
      element.disabled = ended || POINTLESS[element.dataset.deed] === said.state
    }
  }

  /* Asking. Addresses are beside this page's own, wherever a proxy has put it. */

  const ask = async (deed, reason, step) => {
    $('now-answer').textContent = '…'
    answeredAt = ''
    const body = JSON.stringify({deed, reason, step})
    const answer = await fetch('act', {method: 'POST', headers: {'content-type': 'application/json'}, body})
    $('now-answer').textContent = await answer.text()
    answeredAt = standing
    $('now-answer').classList.toggle('is-bad', !answer.ok)
  }
  const asking = element => {
    element.addEventListener('click', () => {
      const {deed, of} = element.dataset
      const about = of === undefined ? element.textContent : `${element.textContent} ${of}`
      const reason = prompt(`${about}: why? It goes into the record.`)
      if (reason !== null) ask(deed, reason, of).catch(error => ($('now-answer').textContent = String(error)))
    })
    return element
  }
  const button = (deed, text, step) => {
    const element = make('button', `deed is-${deed}`, text)
    element.type = 'button'
    element.dataset.deed = deed
    element.dataset.of = step
    return asking(element)
  }
  for (const element of document.querySelectorAll('.deeds [data-deed]')) asking(element)

  const source = new EventSource('events')
  source.onmessage = event => show(JSON.parse(event.data))
  source.onerror = () => {
    $('now-by').textContent = 'the page is not told anything just now: is sluice view still running?'
  }
})()
